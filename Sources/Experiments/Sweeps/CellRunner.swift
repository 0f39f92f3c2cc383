import Datasets
import Federation
import Foundation

/// Brings a sweep's cells to their end, each from where it stands: shards, the run, what follows it.
///
/// Every stage is a process of its own: a run that fails, or takes all ranks with it, ends neither
/// the sweep nor its other cells.
public struct CellRunner {
  public enum Outcome: Equatable {
    case finished
    /// There was nothing to do.
    case wasFinished
    /// A signal asked for it; the same command continues.
    case stopped
    case failed(String)
    /// Another process has the cell.
    case busy
  }

  private let sweep: Sweep
  private let launcher: [String]
  private let executable: String
  private let isEvaluated: (SweepCell) -> Bool
  private let evaluate: (SweepCell) throws -> ChildProcess.End
  private let note: (String) -> Void

  /// - Parameters:
  ///   - launcher: what starts the ranks, as in `mpirun -n 3`; empty for one process.
  ///   - isEvaluated, evaluate: what follows a run.
  public init(
    _ sweep: Sweep, launcher: [String], executable: String,
    isEvaluated: @escaping (SweepCell) -> Bool,
    evaluate: @escaping (SweepCell) throws -> ChildProcess.End, note: @escaping (String) -> Void
  ) {
    self.sweep = sweep
    self.launcher = launcher
    self.executable = executable
    self.isEvaluated = isEvaluated
    self.evaluate = evaluate
    self.note = note
  }

  public func run(_ cell: SweepCell) throws -> Outcome {
    try SweepManifest(sweep).write(in: sweep.folder)
    guard let lock = try FileLock("\(locks)/run-\(cell.id)") else { return .busy }
    return try withExtendedLifetime(lock) {
      let rounds = cell.job.federation.rounds
      var isTrained = CellState.isTrained(cell.folder, rounds: rounds)
      if isTrained, isEvaluated(cell) { return .wasFinished }
      if !isTrained { isTrained = try reuse(cell) }
      RunFailure.clear(in: cell.folder)
      if !isTrained {
        let outcome = try stage("shards", cell) { try makeShards(cell) } ?? train(cell)
        if let outcome { return outcome }
      }
      if !isEvaluated(cell), let outcome = try stage("evaluate", cell, { try evaluate(cell) }) {
        return outcome
      }
      return .finished
    }
  }

  private var locks: String { "\(sweep.folder)/.locks" }

  private func train(_ cell: SweepCell) throws -> Outcome? {
    try stage("run", cell) {
      try ChildProcess.run(
        launcher + [executable, "run", sweep.path, "--cell", cell.id])
    }
  }

  /// Runs one stage. Nil where the next one may follow.
  private func stage(
    _ name: String, _ cell: SweepCell, _ body: () throws -> ChildProcess.End?
  ) throws -> Outcome? {
    if StopSignal.isReceived { return .stopped }
    let end: ChildProcess.End?
    do { end = try body() } catch { return fail(cell, name, 1, "\(error)") }
    guard let end, end.status != 0 else { return nil }
    if end.isStopped { return .stopped }
    return fail(cell, name, end.status, end.complaint ?? "ended with exit code \(end.status)")
  }

  private func fail(
    _ cell: SweepCell, _ stage: String, _ status: Int32, _ message: String
  ) -> Outcome {
    RunFailure(stage: stage, status: status, message: message).write(in: cell.folder)
    return .failed("\(stage): \(message)")
  }

  /// Links to a finished run of the same job in another sweep. False where there is none.
  private func reuse(_ cell: SweepCell) throws -> Bool {
    guard let run = sweep.reusable(cell) else { return false }
    // A link to nothing may be left of a run that was removed.
    unlink(cell.folder)
    guard symlink(run, cell.folder) == 0 else {
      throw JobError(
        path: cell.folder, message: "cannot be made: \(String(cString: strerror(errno)))")
    }
    note("cell \(cell.number): uses \(run)")
    return true
  }

  /// Makes the shards that the cell shares with others, once. Nil, or the end that a signal brings.
  private func makeShards(_ cell: SweepCell) throws -> ChildProcess.End? {
    let folder = cell.job.shards
    let name = URL(fileURLWithPath: folder).lastPathComponent
    let lock = try FileLock.wait("\(locks)/shards-\(name)") { StopSignal.isReceived }
    guard let lock else { return ChildProcess.End(status: StopSignal.exitCode, complaint: nil) }
    return try withExtendedLifetime(lock) {
      // Complete once it has its name.
      guard !FileManager.default.fileExists(atPath: folder) else { return nil }
      note("cell \(cell.number): making shards \(folder)")
      try Datasets.makeShards(
        plan: try cell.job.shardPlan(byReference: sweep.byReference), to: folder)
      return nil
    }
  }
}
