import Checkpoints
import Federation
import Foundation
import Machines
import MessagePassing
import Spectra
import Tensors
import Training

/// Told what happens in a run, on rank 0.
public protocol RunObserver: AnyObject {
  /// A line that matters even where nobody watches.
  func note(_ line: String)
  /// A round is complete. `round` 0 has measurements alone: the model before training.
  func roundEnded(_ round: Int, of rounds: Int, _ report: RoundReport?, _ measured: [MonitorFigure])
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
    try communicator.agreeOnRoot {
      if fresh, let old = try folder.setAside() { observer.note("moved the old run to \(old)") }
      try folder.prepare()
      if let checkpoint = try folder.checkpoints.newest(warn: observer.note) {
        let path = folder.checkpoints.file(round: checkpoint.round)
        try job.verify(checkpoint, at: path)
        guard checkpoint.shards == assembly.shards else {
          throw JobError(
            path: path,
            message: "was trained on other shards than \(job.shards); give this job another name "
              + "or start over with --fresh")
        }
        guard checkpoint.model.layout == assembly.model.layout else {
          throw JobError(
            path: path, message: "its model has other parameters; start over with --fresh")
        }
        assembly.model.assign(checkpoint.model)
        try folder.clientStates.verify(checkpoint.kept)
        saved = checkpoint
        observer.note("continuing after round \(checkpoint.round)")
      }
      results = try ResultsWriter(
        folder.resultsFile, completed: saved?.round ?? 0,
        attributes: [
          "job": job.resolved.json, "host": Machine().host,
          "instruction_set": assembly.instructionSet, "ranks": "\(communicator.size)",
          "fftw": Spectra.build,
        ])
    }
    self.results = results
    let completed = Int(try communicator.broadcast(Int64(saved?.round ?? 0)))
    let federation = try FederatedTraining(
      .init(
        communicator: communicator, trainer: assembly.trainer, aggregator: assembly.aggregator,
        schedule: job.schedule, selection: job.selection,
        samples: (0..<job.clients.count).map { client in
          assembly.samples.values.reduce(0) { $0 + $1[client] }
        }, states: folder.clientStates, isStopped: assembly.isStopped,
        onDivergence: job.federation.onDivergence),
      global: assembly.model, completed: completed, kept: saved?.kept ?? [:])
    self.federation = federation
    try communicator.agreeOnRoot {
      guard let saved else { return }
      let path = folder.checkpoints.file(round: saved.round)
      try Self.restore(federation.serverState, from: saved, at: path)
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
      // What is being written is good, whatever went wrong since.
      try? writer.finish()
      throw error
    }
    return communicator.rank == 0 ? modelHash(federation.global) : nil
  }

  private func trainRounds() throws {
    let rounds = job.federation.rounds
    if federation.completed == 0 { try measure(nil) }
    while federation.completed < rounds {
      // 1. Train a round. Where a rank was asked to end, all give the round up, and leave with the
      // last complete one.
      let report: RoundReport?
      do { report = try federation.round() } catch is TrainingStopped {
        try checkpoint(isLast: true)
        throw Stopped(after: "round \(federation.completed)")
      }
      // 2. Measure the new model where that is due, and write the round's results.
      try measure(report)
      // 3. Keep the model where that is due. It comes last: a run that dies before it repeats the
      // round, and nothing of it is lost.
      try checkpoint(isLast: federation.completed == rounds)
    }
  }

  /// After a round (or before the first): the monitor where it is due, the results, the report.
  private func measure(_ report: RoundReport?) throws {
    let round = federation.completed
    var measured: [MonitorFigure] = []
    let start = ContinuousClock.now
    if let monitor = assembly.monitor, job.monitor.isDue(after: round, of: job.federation.rounds) {
      try communicator.broadcast(federation.global.floats)
      measured = try monitor.measure(federation.global, on: communicator) ?? []
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    try communicator.agreeOnRoot {
      try writer.check()
      results?.add(
        report, measured, round: round, monitorSeconds: seconds, samples: assembly.samples)
      try results?.save()
    }
    if communicator.rank == 0, report != nil || !measured.isEmpty {
      observer.roundEnded(round, of: job.federation.rounds, report, measured)
    }
  }

  /// Begins to write a checkpoint on rank 0 where one is due; waits for it where the run ends
  /// there.
  private func checkpoint(isLast: Bool) throws {
    let (round, options) = (federation.completed, job.federation)
    guard isLast || round % options.checkpointEvery == 0 || options.keep.contains(round) else {
      return
    }
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
