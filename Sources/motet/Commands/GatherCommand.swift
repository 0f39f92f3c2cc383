import ArgumentParser
import Catalogues
import Foundation
import Gathering

/// Runs in one file.
struct GatherCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gather",
    abstract: "Gather any number of runs into one HDF5 file of tables.",
    discussion: """
      Runs may be unfinished. A second gathering into the same file reads what has changed. A \
      damaged file is named, counted and listed in the table 'damaged'.
      """)

  @Argument(
    help: ArgumentHelp("Folders of runs or sweeps.", valueName: "runs"), completion: .directory)
  var paths: [String]
  @Option(help: "The file to write (.h5).")
  var to: String
  @Flag(help: "Copy the runs' embeddings as well.")
  var embeddings = false
  @Flag(help: "Fail where a file is damaged; the others are gathered all the same.")
  var strict = false

  func run() throws {
    let summary = try Gather.gather(
      paths, to: to, embeddings: embeddings, warn: Console.complain)
    summary.damaged.forEach(Console.complain)
    let states = ["finished", "unfinished", "failed"].compactMap { state in
      summary.runs[state].map { "\($0) \(state)" }
    }
    let total = summary.runs.values.reduce(0, +)
    Console.line(
      "\(to): \(counted(total, "run")) (\(states.joined(separator: ", "))), "
        + "\(counted(summary.evaluations, "figure")) of evaluations; \(summary.read) read"
        + (summary.isWritten ? "" : ", nothing has changed"))
    guard !summary.damaged.isEmpty else { return }
    let count = summary.damaged.count
    Console.complain(counted(count, "damaged file"))
    if strict { throw ExitCode.failure }
  }
}
