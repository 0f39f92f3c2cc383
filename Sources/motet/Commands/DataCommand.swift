import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Import, make, pair, outline and look at data sets.",
    subcommands: [
      DataImportCommand.self, DataPairCommand.self, DataSynthesizeCommand.self,
      DataOutlineCommand.self, DataInfoCommand.self,
    ])
}
