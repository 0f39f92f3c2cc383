import Catalogues
import Checkpoints
import Files
import Foundation
import HDF5
import Jobs
import Layers
import MessagePassing

/// Evaluates a run, on all ranks together: a collective. Everything is checked before anything is
/// computed; what is measured already is not measured again. Returns the records in the specs'
/// order on rank 0, none elsewhere.
///
/// - Parameters:
///   - path: the run's folder; records go into its `evaluations`.
///   - threads: of each rank.
///   - recompute: whether fine-tuning saves less in a step and makes it again, with the same bits.
@discardableResult
public func evaluate(
  _ path: String, _ specs: [EvaluationSpec], threads: Int = 1, recompute: Bool = false,
  _ communicator: Communicator, observer: any EvaluationObserver
) throws -> [EvaluationRecord] {
  let engine = try communicator.agree {
    try Engine(lanes: try Engine.lanesFromEnvironment(), threads: threads)
  }
  let folder = EvaluatedRun.evaluations(of: path)
  // One for all rounds: whatever is embedded, a store is read and verified once.
  let features = Features(communicator, engine, observer: observer, folder: "\(folder)/features")
  var contexts: [Int?: EvaluationContext] = [:]
  for round in specs.map(\.round) where contexts[round] == nil {
    contexts[round] = EvaluationContext(
      run: try EvaluatedRun(path, round: round, communicator, warn: observer.note),
      communicator: communicator, engine: engine, recompute: recompute, features: features,
      observer: observer)
  }
  for spec in specs {
    if let other = spec.task.other { try contexts[spec.round]!.open(other) }
  }
  let works = try specs.map { spec in
    try communicator.agree { try EvaluationWork(spec, contexts[spec.round]!) }
  }
  try Job.requireSameProgram(communicator)
  try communicator.requireSame(works.map(\.identity).joined(separator: "\n")) { _, _ in
    "other evaluations, or other data, than rank 0's; give all ranks the same files and options"
  }
  var lock: FolderLock?
  try communicator.agreeOnRoot {
    lock = try prepareFolder(folder, for: "an evaluation", note: observer.note)
  }
  defer { withExtendedLifetime(lock) {} }
  var records: [EvaluationRecord] = []
  for work in works {
    if let record = try work.run(observer) { records.append(record) }
  }
  try communicator.agreeOnRoot { features.remove() }
  return records
}

/// One spec on its way to its record.
private final class EvaluationWork {
  private let spec: EvaluationSpec
  private let context: EvaluationContext
  private let prepared: any PreparedEvaluation
  private let title: String
  /// What tells its data from any others; made once, since it may be read for.
  private let data: String
  private var path: String { "\(context.run.evaluations)/\(title).h5" }

  init(_ spec: EvaluationSpec, _ context: EvaluationContext) throws {
    self.spec = spec
    self.context = context
    title = spec.title(
      round: context.run.round, other: spec.task.other.map { context.other($0).modelHash })
    let made = try spec.naming {
      let prepared = try spec.task.prepare(context)
      return (prepared, try prepared.data)
    }
    (prepared, data) = made
  }

  /// What tells it and its data from any other.
  var identity: String { "\(title) \(data)" }

  /// A collective; the record is rank 0's.
  func run(_ observer: any EvaluationObserver) throws -> EvaluationRecord? {
    let communicator = context.communicator
    var record: EvaluationRecord?
    try communicator.agreeOnRoot { record = try existing(data) }
    let isNew = try communicator.broadcast(Int64(record == nil ? 1 : 0)) == 1
    if isNew {
      let state = ClassifierState(
        "\(context.run.evaluations)/state-\(title)", title: title, spec: spec.resolved.json,
        data: "\(context.run.modelHash) \(data)", note: context.observer.note)
      let outcome = try prepared.measure(state)
      try communicator.agreeOnRoot {
        guard let outcome else { return }
        try EvaluationRecord.save(outcome, spec, data: data, run: context.run, to: path)
        record = try EvaluationRecord.load(path)
        state.remove()
      }
    }
    if communicator.rank == 0, let record { observer.evaluated(record, isNew: isNew) }
    return record
  }

  /// The record that is there; nil where there is none, or one that is damaged. Throws where it is
  /// another measurement's.
  private func existing(_ data: String) throws -> EvaluationRecord? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let record: EvaluationRecord
    do { record = try EvaluationRecord.load(path, warn: context.observer.note) } catch {
      // What is whole may be somebody's, and what cannot be looked into is not known.
      let isUnknown = (error as? HDF5Error).map { $0.isRefused || $0.isOutOfMemory } ?? false
      guard !isUnknown, (try? HDF5File.openSealed(path)) == nil else { throw error }
      context.observer.note("\(error); measuring again")
      return nil
    }
    for (what, old, new) in [
      ("another model", record.model, context.run.modelHash), ("other data", record.data, data),
    ] where old != new {
      throw JobError(
        path: path, message: "was measured on \(what); remove it to measure again")
    }
    return record
  }
}

/// Makes the folder of a run's evaluations or embeddings, without what a killed command left
/// half-written, and takes it for this process.
/// - Parameter use: what it is written for, as in "an evaluation".
func prepareFolder(
  _ path: String, for use: String, note: (String) -> Void
) throws -> FolderLock {
  try FileSystem.makeFolder(path)
  guard FileManager.default.isWritableFile(atPath: path) else {
    throw JobError(path: path, message: "no permission to write in it")
  }
  let lock = try FolderLock(path, for: use, note: note)
  CheckpointFolder(path).removeUnfinished()
  return lock
}
