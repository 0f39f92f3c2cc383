import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Import, merge, pair, make, outline and look at data sets.",
    subcommands: [
      DataImportCommand.self, DataMergeCommand.self, DataPairCommand.self,
      DataSynthesizeCommand.self, DataOutlineCommand.self, DataInfoCommand.self,
    ])
}
