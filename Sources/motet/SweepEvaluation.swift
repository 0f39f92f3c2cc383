import Experiments
import Foundation

/// What follows a sweep's runs: `motet evaluate`, as a process of its own on the same ranks.
struct SweepEvaluation {
  private let sweep: Sweep
  private let launcher: [String]

  /// Throws where the sweep's evaluations are not to be made as they are described.
  init(_ sweep: Sweep, launcher: [String]) throws {
    self.sweep = sweep
    self.launcher = launcher
    if !sweep.evaluations.isEmpty { _ = try EvaluationSpec.load(sweep.path) }
  }

  /// Whether a cell's run has been evaluated as the sweep says, by the note that `evaluate` leaves.
  func isDone(_ cell: SweepCell) -> Bool {
    sweep.evaluations.isEmpty
      || FileManager.default.fileExists(atPath: note(cell.folder, sweep.evaluations))
  }

  func evaluate(_ cell: SweepCell) throws -> ChildProcess.End {
    try evaluate(run: cell.folder, specs: sweep.evaluations)
  }

  /// Evaluates one run. What is done already is skipped there.
  private func evaluate(run: String, specs: [[String: Any]]) throws -> ChildProcess.End {
    let end = try ChildProcess.run(
      launcher + [executablePath, "evaluate", run, "--file", sweep.path])
    guard end.status == 0 else { return end }
    let note = URL(fileURLWithPath: note(run, specs))
    try FileManager.default.createDirectory(
      at: note.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data().write(to: note, options: .atomic)
    return end
  }

  /// Paths in the specs are relative to the sweep file: its folder is part of what they say.
  private func note(_ run: String, _ specs: [[String: Any]]) -> String {
    let home = URL(fileURLWithPath: sweep.path).standardizedFileURL.deletingLastPathComponent()
    return "\(run)/evaluations/sweep-\(shortDigest(["from": home.path, "specs": specs])).done"
  }
}

/// This program's file.
var executablePath: String {
  (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    ?? CommandLine.arguments[0]
}
