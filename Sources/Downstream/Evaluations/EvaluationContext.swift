import Encoders
import Evaluation
import Layers
import MessagePassing

/// Told how work on a run goes, on rank 0.
public protocol WorkObserver: AnyObject {
  /// A line that matters even where nobody watches.
  func note(_ line: String)
  /// How far something long is.
  func progress(_ title: String, _ done: Int, of total: Int)
}

/// Told what happens in evaluations, on rank 0.
public protocol EvaluationObserver: WorkObserver {
  /// An evaluation is complete; `isNew` is false where its file was there already.
  func evaluated(_ record: EvaluationRecord, isNew: Bool)
}

/// What the evaluations of one command share.
public final class EvaluationContext {
  let run: EvaluatedRun
  let communicator: Communicator
  let engine: Engine
  /// Whether training saves less and makes it again.
  let recompute: Bool
  let observer: any WorkObserver
  let features: Features
  private var others: [OtherModel: EvaluatedRun] = [:]

  init(
    run: EvaluatedRun, communicator: Communicator, engine: Engine, recompute: Bool,
    features: Features, observer: any WorkObserver
  ) {
    self.run = run
    self.communicator = communicator
    self.engine = engine
    self.recompute = recompute
    self.observer = observer
    self.features = features
  }

  /// Rank 0 tells the observer.
  func progress(_ title: String, _ done: Int, of total: Int) {
    if communicator.rank == 0 { observer.progress(title, done, of: total) }
  }

  /// Opens another model for the tasks that need it: a collective.
  func open(_ other: OtherModel) throws {
    if others[other] == nil {
      others[other] = try EvaluatedRun(
        other.folder ?? run.path, round: other.round, communicator, warn: observer.note)
    }
  }

  /// A model that was opened.
  func other(_ other: OtherModel) -> EvaluatedRun {
    guard let run = others[other] else { preconditionFailure("\(other) was not opened") }
    return run
  }
}
