import Catalogues

/// A downstream measurement of a pretrained run (FSSUAVL §4): what a spec names, with its options.
public protocol EvaluationTask: Sendable {
  /// Another model that the task needs beside the evaluated one; nil for none.
  var other: OtherModel? { get }

  /// What it computes. Opens the data and throws where they do not fit; samples are not needed.
  func workload() throws -> EvaluationWorkload

  /// Opens and checks all that the task needs; nothing is computed. The same on every rank, and no
  /// collective.
  func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation
}

/// A task whose files are open and fit together.
public protocol PreparedEvaluation: AnyObject {
  /// What tells its data from any others.
  var data: String { get throws }

  /// A collective. The outcome is rank 0's, nil elsewhere.
  /// - Parameter state: where what is trained is kept.
  func measure(_ state: ClassifierState) throws -> EvaluationOutcome?
}

extension EvaluationTask {
  public var other: OtherModel? { nil }
}

/// Every task that an evaluation can name.
public let evaluationTasks = Catalogue<any EvaluationTask>(
  "evaluation task",
  [
    .init(KNNEvaluation.self) { $0 },
    .init(LinearEvaluation.self) { $0 },
    .init(FinetuneEvaluation.self) { $0 },
    .init(RidgeEvaluation.self) { $0 },
    .init(LogisticEvaluation.self) { $0 },
    .init(PairedEvaluation.self) { $0 },
    .init(JoinedEvaluation.self) { $0 },
    .init(GeometryEvaluation.self) { $0 },
  ])
