import ArgumentParser
import Catalogues
import Foundation
import HDF5
import Jobs
import Machines

@main
struct Motet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "motet",
    abstract: "Federated self-supervised learning on unpaired images and sounds.",
    version: MotetBuild.version,
    subcommands: [
      DataCommand.self,
      ShardCommand.self,
      RunCommand.self,
      SweepCommand.self,
      EvaluateCommand.self,
      EmbedCommand.self,
      ExportCommand.self,
      ResultsCommand.self,
      HashCommand.self,
      GatherCommand.self,
      ReportCommand.self,
      ViewsCommand.self,
      DescribeCommand.self,
      PlanCommand.self,
      SubmitCommand.self,
      StatusCommand.self,
      DoctorCommand.self,
      BenchCommand.self,
    ])

  /// The command that the arguments name.
  private static func parse() throws -> any ParsableCommand {
    do { return try parseAsRoot() } catch {
      guard let message = unknownCommand(CommandLine.arguments.dropFirst()) else { throw error }
      throw ValidationError(message)
    }
  }

  /// What is wrong with the name of a command; nil where they are all right.
  private static func unknownCommand(_ arguments: ArraySlice<String>) -> String? {
    var commands = configuration.subcommands
    for argument in arguments {
      guard !commands.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return nil }
      let names = commands.map { $0.configuration.commandName ?? "" }
      guard let place = names.firstIndex(of: argument) else {
        return unknown("command", argument, among: names)
      }
      commands = commands[place].configuration.subcommands
    }
    return nil
  }

  /// Errors of the command line are ArgumentParser's to explain; all others are one line.
  static func main() {
    StandardStream.prepare()
    ForeignExit.watch()
    StopSignal.install()
    let end = run()
    ForeignExit.isOurs = true
    if let end { exit(withError: end) }
  }

  /// Runs the command. Gives what the process is to end with; nil where all is well.
  private static func run() -> (any Error)? {
    do {
      if CommandLine.arguments.dropFirst().elementsEqual(["--version"]) {
        Provenance.lines().forEach(Console.line)
        return nil
      }
      var command = try parse()
      if !(command is any StoppableCommand) { StopSignal.remove() }
      try command.run()
      guard let reason = StandardStream.lostOutput else { return nil }
      Console.complain("standard output cannot be written: \(reason)")
      // The product of a command of ranks lies in files.
      return command is any RankCommand ? nil : ExitCode.failure
    } catch let error where error is ExitCode || exitCode(for: error) != .failure {
      return error
    } catch let stop as Stopped {
      Console.complain("\(stop)")
      return ExitCode(StopSignal.exitCode)
    } catch {
      Console.complain("\(error)")
      return ExitCode.failure
    }
  }
}
