import ArgumentParser
import Checkpoints
import Files
import Jobs

/// The last line of a run, from its files.
struct HashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hash", abstract: "Print the SHA-256 of a run's newest model.")

  @Argument(
    help: ArgumentHelp("The run's folder, or one checkpoint.", valueName: "run"),
    completion: .directory)
  var path: String

  func run() throws {
    guard FileSystem.isFolder(path) else {
      return Console.line("model sha256 \(modelHash(try Checkpoint.load(path).model))")
    }
    guard let checkpoint = try CheckpointFolder(path).newest(warn: Console.complain) else {
      throw JobError(path: path, message: "there is no checkpoint here; give a run's folder")
    }
    Console.line("model sha256 \(modelHash(checkpoint.model))")
  }
}
