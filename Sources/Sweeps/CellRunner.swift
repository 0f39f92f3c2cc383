import Checkpoints
import Datasets
import Files
import Foundation
import Jobs
import Machines

/// Brings a sweep's cells to their end, each from where it stands: shards, the run, what follows
/// it.
///
/// Whatever takes ranks is a process of its own: a run that fails, or takes all ranks with it, ends
/// neither the sweep nor its other cells. Shards alone are made here.
///
/// A run may be trained for another cell's sake, as its partner, so three locks keep processes
/// apart:
/// - a cell's, held to its end and never waited for: who finds it taken leaves the cell alone;
/// - a run's, held while it is trained;
/// - a run's folder's, held while something is measured there: another sweep may use the run too.
///
/// The latter two are waited for, and nobody who holds one of them waits for another.
public struct CellRunner {
  public enum Outcome: Equatable {
    case finished
    /// There was nothing to do.
    case wasFinished
    /// A signal asked for it; the same command continues.
    case stopped
    case failed(String)
    /// Another process has the cell, or trains its run.
    case busy
  }

  private let sweep: Sweep
  private let launcher: [String]
  private let executable: String
  private let note: (String) -> Void

  /// - Parameters:
  ///   - launcher: what starts the ranks, as in `mpirun -n 3`; empty for one process.
  ///   - executable: Motet's program.
  public init(
    _ sweep: Sweep, launcher: [String], executable: String, note: @escaping (String) -> Void
  ) {
    self.sweep = sweep
    self.launcher = launcher
    self.executable = executable
    self.note = note
  }

  /// - Parameter waits: whether to wait where another process trains the cell's run as a partner.
  public func run(_ cell: SweepCell, waits: Bool) throws -> Outcome {
    try SweepManifest(sweep).write(in: sweep.folder)
    guard let lock = try FileLock("\(locks)/cell-\(cell.id)") else { return .busy }
    return try withExtendedLifetime(lock) {
      if CellStage.allCases.allSatisfy({ sweep.isDone($0, of: cell) }), sweep.isTrained(cell) {
        return .wasFinished
      }
      if let outcome = try train(cell, waits: waits) { return outcome }
      RunFailure.clear(in: cell.folder)
      for stage in CellStage.allCases where !sweep.isDone(stage, of: cell) {
        if let outcome = try trainPartners(of: cell, for: stage) ?? follow(cell, stage) {
          return outcome
        }
      }
      return .finished
    }
  }

  private var locks: String { "\(sweep.folder)/.locks" }

  /// Brings a cell's run to its last round, if it is not there. Nil once it is.
  private func train(_ cell: SweepCell, waits: Bool) throws -> Outcome? {
    let path = "\(locks)/run-\(cell.id)"
    var lock = try FileLock(path)
    if lock == nil {
      guard waits else { return .busy }
      note("cell \(cell.number): waiting for its run, which another process trains")
      lock = try FileLock.wait(path) { StopSignal.isReceived }
    }
    guard let lock else { return .stopped }
    return try withExtendedLifetime(lock) {
      if try sweep.isTrained(cell) || reuse(cell) { return nil }
      try setOutdatedAside(cell)
      try setDamagedAside(cell)
      RunFailure.clear(in: cell.folder)
      return try stage("shards", cell) {
        try makeShards(cell)
        return nil
      }
        ?? stage("run", cell) {
          try start(["run", sweep.path, "--cell", cell.id])
        }
    }
  }

  /// Brings the runs that a stage needs to their last round. Nil once they are there.
  private func trainPartners(of cell: SweepCell, for stage: CellStage) throws -> Outcome? {
    for partner in sweep.partners(stage, of: cell) {
      if !sweep.isTrained(partner) {
        note("cell \(cell.number): needs the run of cell \(partner.number), \(partner.id)")
      }
      switch try train(partner, waits: true) {
      case nil: continue
      case .failed(let message):
        return fail(cell, stage.rawValue, 1, "its partner, cell \(partner.number): \(message)")
      case let outcome: return outcome
      }
    }
    return nil
  }

  private func follow(_ cell: SweepCell, _ next: CellStage) throws -> Outcome? {
    let run = URL(fileURLWithPath: cell.folder).resolvingSymlinksInPath()
    let folder = run.deletingLastPathComponent().path
    let path = "\(folder)/.locks/follow-\(run.lastPathComponent)"
    guard let lock = try FileLock.wait(path, isStopped: { StopSignal.isReceived }) else {
      return .stopped
    }
    return try withExtendedLifetime(lock) {
      // Whoever had the lock may have done it.
      guard !sweep.isDone(next, of: cell) else { return nil }
      return try stage(next.rawValue, cell) {
        let end = try start(sweep.command(next, of: cell))
        if end.status == 0 { try sweep.setDone(next, of: cell) }
        return end
      }
    }
  }

  /// A command of Motet's, on the sweep's ranks.
  private func start(_ command: [String]) throws -> ChildProcess.End {
    try ChildProcess.run(launcher + [executable] + command)
  }

  /// Runs one stage. Nil where the next one may follow.
  private func stage(
    _ name: String, _ cell: SweepCell, _ body: () throws -> ChildProcess.End?
  ) throws -> Outcome? {
    if StopSignal.isReceived { return .stopped }
    let end: ChildProcess.End?
    do { end = try body() } catch is Stopped { return .stopped } catch {
      return fail(cell, name, 1, "\(error)")
    }
    guard let end, end.status != 0 else { return nil }
    // A signal to the whole group reaches mpirun too, which ends its ranks with a code of its own.
    if end.isStopped || StopSignal.isReceived { return .stopped }
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

  private func areOutdated(_ shards: String, _ cell: SweepCell) -> Bool {
    guard let wanted = sweep.data.shards(of: cell.job) else { return false }
    return (try? ShardReader.open(shards))?.fingerprint != wanted
  }

  /// Makes room where a cell's folder has a run on other data: its files are kept beside it.
  private func setOutdatedAside(_ cell: SweepCell) throws {
    guard sweep.isOutdated(cell) else { return }
    let target = try RunFolder(cell.folder).setAside()
    note(
      "cell \(cell.number): its run was trained on other data than there are now; moved to "
        + "\(target ?? cell.folder), it is trained anew")
  }

  /// The same where no checkpoint of it can be gone on from.
  private func setDamagedAside(_ cell: SweepCell) throws {
    do {
      _ = try CheckpointFolder(cell.folder).newest(goesOn: true) { _ in }
    } catch let error as DamagedCheckpoints {
      let target = try RunFolder(cell.folder).setAside()
      note(
        "cell \(cell.number): \(error.path) is damaged, and there is no other; moved to "
          + "\(target ?? cell.folder), it is trained anew")
    }
  }

  /// Makes the shards that the cell shares with others, once. Throws `Stopped` after a signal.
  private func makeShards(_ cell: SweepCell) throws {
    let folder = cell.job.shards
    let name = URL(fileURLWithPath: folder).lastPathComponent
    let stopped = Stopped(after: "a part of the shards")
    let lock = try FileLock.wait("\(locks)/shards-\(name)") { StopSignal.isReceived }
    guard let lock else { throw stopped }
    try withExtendedLifetime(lock) {
      // Complete once it has its name; of other data where those were imported again.
      let isThere = FileManager.default.fileExists(atPath: folder)
      if isThere, !areOutdated(folder, cell) { return }
      note("cell \(cell.number): making shards \(folder)")
      try cell.job.makeShards(byReference: sweep.byReference, overwrite: isThere) { _, _ in
        if StopSignal.isReceived { throw stopped }
      }
    }
  }
}
