import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Import, make, pair and look at data sets.",
    subcommands: [DataImport.self, DataPair.self, DataSynthesize.self, DataInfo.self])
}
