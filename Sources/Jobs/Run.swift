import Catalogues
import Checkpoints
import Federation
import Foundation
import Machines
import MessagePassing
import Tensors
import Training

/// Told what happens in a run, on rank 0.
public protocol RunObserver: AnyObject {
  /// A line that matters even where nobody watches.
  func note(_ line: String)
  /// A round is complete. `round` 0 has measurements alone: the model before training.
  /// - Parameters:
  ///   - measured: what is new.
  ///   - results: of all rounds so far, those before a run was continued too.
  func roundEnded(
    _ round: Int, of rounds: Int, _ report: RoundReport?, _ measured: [MonitorFigure],
    _ results: Results)
}

/// One pretraining run, from its checkpoint or its beginning to its last round.
public final class Run {
  private let job: Job
  private let communicator: Communicator
  private let assembly: Assembly
  private let observer: any RunObserver
  private let folder: RunFolder
  /// Rank 0 alone gives it something to write.
  private let writer: CheckpointWriter
  private let federation: FederatedTraining
  /// Nil on other ranks than 0.
  private var results: ResultsWriter?
  private let lock: FolderLock?
  /// The round of the last checkpoint.
  private var saved: Int
  /// What goes on with the run where it is stopped.
  private let continuation: String

  /// Prepares the run on all ranks; all throw if one of them does. With `fresh`, a run that is
  /// there is moved aside first.
  public init(
    _ job: Job, communicator: Communicator, assembly: Assembly, fresh: Bool,
    observer: any RunObserver
  ) throws {
    self.job = job
    self.communicator = communicator
    self.assembly = assembly
    self.observer = observer
    let folder = RunFolder(job.results)
    self.folder = folder
    writer = CheckpointWriter(folder.checkpoints)

    var saved: Checkpoint?
    var results: ResultsWriter?
    var lock: FolderLock?
    let start = FreshStart(in: folder.path)
    continuation = fresh ? start.continuation : Stopped.sameCommand
    try communicator.agreeOnRoot {
      if fresh { try Self.startOver(start, folder, job, observer) }
      lock = try folder.prepare(note: observer.note)
      if fresh { try start.setDone() }
      RunFailure.clear(in: folder.path)
      if let checkpoint = try folder.checkpoints.newest(goesOn: true, warn: observer.note) {
        let path = folder.checkpoints.file(round: checkpoint.round)
        try job.verify(checkpoint, at: path)
        guard checkpoint.shards == assembly.shards else {
          throw JobError(
            path: path,
            message: "was trained on other shards than \(job.shards), or with other statistics of "
              + "the data (views); give this job another name or start over with --fresh")
        }
        guard checkpoint.model.layout == assembly.model.layout else {
          throw JobError(
            path: path, message: "its model has other parameters; start over with --fresh")
        }
        assembly.model.assign(checkpoint.model)
        saved = checkpoint
        observer.note("continuing after round \(checkpoint.round)")
      }
      results = try ResultsWriter(
        folder.resultsFile, completed: saved?.round ?? 0,
        attributes: try Provenance.attributes().merging([
          "job": job.resolved.json, "ranks": "\(communicator.size)",
          // With the threads of a rank.
          "instruction_set": assembly.instructionSet,
        ]) { $1 }, warn: observer.note)
      if let saved, let kept = results?.results {
        try Self.check(kept, of: folder, job, saved, observer)
      }
    }
    (self.results, self.lock) = (results, lock)
    let completed = Int(try communicator.broadcast(Int64(saved?.round ?? 0)))
    let federation = try FederatedTraining(
      .init(
        communicator: communicator, trainer: assembly.trainer, aggregator: assembly.aggregator,
        schedule: job.schedule, selection: job.selection,
        samples: (0..<job.clients.count).map { client in
          assembly.samples.values.reduce(0) { $0 + $1[client] }
        }, modalitySamples: assembly.samples, states: folder.clientStates,
        server: assembly.server,
        isStopped: assembly.isStopped,
        onDivergence: job.federation.onDivergence, target: job.model.target,
        measuresDrift: job.monitor.drift),
      global: assembly.model, completed: completed, kept: saved?.kept ?? [:])
    self.federation = federation
    self.saved = completed
    if let group = communicator.tree?.group, group.size > 1, !federation.isSumShared {
      observer.note(
        "each rank has a sum of its own: /dev/shm has no room for one of a node's ranks together, of "
          + "\(job.model.layout.count >> 17) MiB (of a container: --shm-size)")
    }
    try communicator.agreeOnRoot {
      guard let saved else { return }
      let path = folder.checkpoints.file(round: saved.round)
      try Self.restore(federation.serverState, from: saved, at: path)
    }
  }

  /// Throws where the results are another run's; tells where they lack what a person may miss.
  private static func check(
    _ results: Results, of folder: RunFolder, _ job: Job, _ saved: Checkpoint,
    _ observer: any RunObserver
  ) throws {
    let path = folder.resultsFile
    guard let own = results.job else {
      if saved.round > 0 {
        observer.note("\(path): is not there; rounds up to \(saved.round) will be missing in it")
      }
      return
    }
    guard job.isContinued(own, at: path) else {
      throw JobError(
        path: path,
        message:
          "is of another job than the checkpoints beside it; put its own back, or move it away "
          + "to go on without its rows")
    }
    if let changes = job.monitorDifferences(from: own), !results.measurements.isEmpty {
      observer.note(
        "the monitor measures otherwise from here on (\(changes)): its figures before and after "
          + "round \(saved.round) are not to be compared")
    }
  }

  /// Moves a run that is there aside, unless it is this batch job's own.
  private static func startOver(
    _ start: FreshStart, _ folder: RunFolder, _ job: Job, _ observer: any RunObserver
  ) throws {
    if start.isDone { return observer.note("requeued: going on with the run that it started over") }
    guard FileManager.default.fileExists(atPath: folder.path) else { return }
    let lock = try FolderLock(folder.path, for: "a run", note: observer.note)
    try withExtendedLifetime(lock) {
      let others = [job.path, job.shards] + job.data.values.sorted()
      guard let old = try folder.setAside(besides: others) else { return }
      observer.note("moved the old run to \(old)")
    }
  }

  /// Gives the algorithm's vectors on rank 0 the values that a checkpoint has.
  private static func restore(
    _ state: [String: ParameterVector], from checkpoint: Checkpoint, at path: String
  ) throws {
    for (name, vector) in state {
      guard let saved = checkpoint.serverState[name], saved.layout == vector.layout else {
        throw JobError(
          path: path,
          message: "has no '\(name)' of the aggregator's that fits; start over with --fresh")
      }
      vector.assign(saved)
    }
  }

  /// Trains to the last round. Returns the model's hash on rank 0, nil elsewhere.
  public func train() throws -> String? {
    do { try trainRounds() } catch {
      let wasAsked = error is TrainingStopped || error is WorkStopped
      guard wasAsked else {
        // What is being written is good, whatever went wrong since.
        try? writer.finish()
        noteFailure(error)
        throw error
      }
      try checkpoint(isLast: true)
      try communicator.agreeOnRoot { try writer.finish() }
      throw Stopped(after: "round \(federation.completed)", continuation: continuation)
    }
    noteIdleness()
    noteLeftOut()
    return communicator.rank == 0 ? modelHash(federation.global) : nil
  }

  /// What all of the run's rounds came to, measurements apart, in a line for scripts; nil on other
  /// ranks than 0, and of a run without rounds.
  public var performance: String? {
    guard let rows = results?.results.rows, !rows.isEmpty else { return nil }
    let seconds = rows.reduce(0) { $0 + $1.seconds }
    let views = rows.reduce(0) { $0 + $1.counts["views", default: 0] }
    return String(
      format: "%.1f views/s, %.4g s a round", Double(views) / max(seconds, 1e-9),
      seconds / Double(rows.count))
  }

  /// Where all failed together rank 0 says so, else the rank that failed.
  private func noteFailure(_ error: any Error) {
    let isAgreed = error is AgreedError
    guard !isAgreed || communicator.rank == 0 else { return }
    let place = isAgreed || communicator.size == 1 ? "" : "rank \(communicator.rank): "
    RunFailure(stage: "run", status: 1, message: "\(place)\(error)").write(in: folder.path)
  }

  /// A run in which nobody trained ends well, and its model is worth nothing: that is said.
  private func noteIdleness() {
    guard let rows = results?.results.rows, rows.count == federation.completed, !rows.isEmpty,
      rows.allSatisfy({ $0.counts["steps", default: 0] == 0 })
    else { return }
    observer.note(job.warningOfIdleRun(rounds: rows.count))
  }

  /// Whoever trusts a model wants to know whose data are not in it.
  private func noteLeftOut() {
    guard let left = results?.results.leftOut, !left.isEmpty else { return }
    let clients = Set(left.map(\.client)).sorted()
    let named = clients.prefix(10).map { "\($0)" }.joined(separator: ", ")
    observer.note(
      "\(counted(left.count, "training")) of \(counted(clients.count, "client")) diverged and "
        + "\(left.count == 1 ? "was" : "were") left out (\(clients.count == 1 ? "client" : "clients") \(named)"
        + (clients.count > 10 ? " and others" : "") + "): /left_out of \(folder.resultsFile)")
  }

  private func trainRounds() throws {
    let rounds = job.federation.rounds
    var report: RoundReport?
    while true {
      // 1. Measure the model where that is due and not done: that of a run that goes on, too.
      try measure(report)
      guard federation.completed < rounds else { return }
      // 2. Train a round. Where a rank was asked to end, all give the round up, and leave with the
      // last complete one.
      report = try federation.round()
      // 3. Write the round's results.
      try keep(report)
      // 4. Keep the model where that is due. A run that dies before it repeats the round; one that
      // dies later, in a measurement, does not.
      try checkpoint(isLast: federation.completed == rounds)
    }
  }

  private func keep(_ report: RoundReport?) throws {
    try communicator.agreeOnRoot {
      try writer.check()
      guard let results, let report else { return }
      results.add(report, round: federation.completed, samples: assembly.samples)
      try results.save()
    }
  }

  /// After a round (or before the first): the monitor where it is due, and the report.
  private func measure(_ report: RoundReport?) throws {
    let round = federation.completed
    let measured = try measured(after: round)
    if let results = results?.results, report != nil || !measured.isEmpty {
      observer.roundEnded(round, of: job.federation.rounds, report, measured, results)
    }
  }

  /// New measurements on rank 0; none where none are due, or where the results have them.
  private func measured(after round: Int) throws -> [MonitorFigure] {
    guard let monitor = assembly.monitor, job.monitor.isDue(after: round, of: job.federation.rounds)
    else { return [] }
    let isDone = results.map { !$0.results.measurements(round: round).isEmpty } ?? false
    guard try communicator.broadcast(Int64(isDone ? 1 : 0)) == 0 else { return [] }
    let start = ContinuousClock.now
    try communicator.broadcast(federation.global.floats)
    let figures = try monitor.measure(federation.global, on: communicator) ?? []
    let seconds = start.duration(to: .now) / .seconds(1)
    try communicator.agreeOnRoot {
      results?.add(figures, round: round, seconds: seconds)
      try results?.save()
    }
    return figures
  }

  /// Begins to write a checkpoint on rank 0 where one is due; waits for it where the run ends
  /// there.
  private func checkpoint(isLast: Bool) throws {
    let (round, options) = (federation.completed, job.federation)
    let isDue = isLast || round % options.checkpointEvery == 0 || options.keep.contains(round)
    guard isDue, round > saved else { return }
    saved = round
    try communicator.agreeOnRoot {
      try writer.save(
        Checkpoint(
          round: round, job: job.resolved.json, shards: assembly.shards,
          model: federation.global, serverState: federation.serverState, kept: federation.kept),
        keep: options.keep)
      if isLast { try writer.finish() }
    }
  }
}
