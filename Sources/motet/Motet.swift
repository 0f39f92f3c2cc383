import ArgumentParser
import Foundation
import HDF5

@main
struct Motet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "motet",
    abstract: "Federated self-supervised learning on unpaired images and sounds.",
    version: FileFormat.motetVersion,
    subcommands: [
      DataCommand.self,
      ShardCommand.self,
      RunCommand.self,
      SweepCommand.self,
      EvaluateCommand.self,
      EmbedCommand.self,
      ResultsCommand.self,
      HashCommand.self,
      GatherCommand.self,
      ViewsCommand.self,
      DescribeCommand.self,
      PlanCommand.self,
      DoctorCommand.self,
      BenchCommand.self,
    ])

  /// Errors of the command line are ArgumentParser's to explain; all others are one line.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error where error is ExitCode || exitCode(for: error) != .failure {
      exit(withError: error)
    } catch {
      Console.complain("\(error)")
      exit(withError: ExitCode.failure)
    }
  }
}
