import ArgumentParser
import Foundation

@main
struct Motet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "motet",
    abstract: "Federated self-supervised learning on unpaired images and sounds.",
    version: "0.1.0",
    subcommands: [
      DataCommand.self, Shard.self, ViewsCommand.self, BenchCommand.self,
    ])
}
