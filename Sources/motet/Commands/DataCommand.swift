import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Import, make, pair, outline and look at data sets.",
    subcommands: [
      DataImport.self, DataPair.self, DataSynthesize.self, DataOutline.self, DataInfo.self,
    ])
}
