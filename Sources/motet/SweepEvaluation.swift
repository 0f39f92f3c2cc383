import Downstream
import Foundation
import Jobs
import Machines
import Sweeps

/// What follows a sweep's runs: `motet evaluate`, as a process of its own on the same ranks.
struct SweepEvaluation {
  private let sweep: Sweep
  private let launcher: [String]

  /// Throws where the sweep's evaluations are not to be made as they are described.
  init(_ sweep: Sweep, launcher: [String]) throws {
    self.sweep = sweep
    self.launcher = launcher
    try EvaluationSpec.check(sweep)
  }

  /// Whether a cell's run has been evaluated as the sweep says, by the note that `evaluate` leaves.
  func isDone(_ cell: SweepCell) -> Bool {
    let specs = sweep.evaluations(of: cell)
    return specs.isEmpty || FileManager.default.fileExists(atPath: note(cell.folder, specs))
  }

  /// Evaluates a cell's run, with its threads and in its memory. What is done already is skipped
  /// there.
  func evaluate(_ cell: SweepCell) throws -> ChildProcess.End {
    let training = cell.job.training
    let end = try ChildProcess.run(
      launcher + [executablePath, "evaluate", cell.folder, "--file", sweep.path, "--cell", cell.id]
        + ["--threads", "\(training.threads)"] + (training.recompute ? ["--recompute"] : []))
    guard end.status == 0 else { return end }
    let note = URL(fileURLWithPath: note(cell.folder, sweep.evaluations(of: cell)))
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
