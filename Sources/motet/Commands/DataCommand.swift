import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Import, make and look at data sets.",
    subcommands: [DataImport.self, DataSynthesize.self, DataInfo.self])
}
