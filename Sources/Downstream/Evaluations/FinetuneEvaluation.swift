import Catalogues
import Evaluation

/// The whole network trained further, on labels (FSSUAVL §4).
public struct FinetuneEvaluation: PlugIn, EvaluationTask {
  public static let name = "finetune"
  public static let summary = "the whole network trained with a linear layer on labels"

  public typealias Options = MergedOptions<
    SampleOptions, LabelOptions, SupervisedOptions, FinetuneOptions
  >

  public static let defaults = Options()
  public static let meanings = Options.meanings
  public static let fileOptions = Options.fileOptions
  public static func complete(_ given: Tree) throws -> Tree {
    try SupervisedOptions.complete(given, on: Tree(encoding: defaults))
  }
  private let samples: SampleOptions
  private let labels: LabelOptions
  private let training: SupervisedOptions
  private let own: FinetuneOptions

  public init(_ options: Options) throws {
    (samples, labels, training, own) = options.groups
    try samples.validate()
    try labels.validate()
    try training.validate()
    try own.validate()
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, classes) = try samples.workload(labels)
    return EvaluationWorkload(
      tuning: [train], [test], classes: classes, training, pieces: own.pieces,
      augmentation: own.augmentation)
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    try ClassifierEvaluation(context, training, samples, labels) {
      try $0.fineTune(pieces: own.pieces, augmentation: own.augmentation)
    }
  }
}

/// What fine-tuning has beside a linear probe.
public struct FinetuneOptions: SharedOptions, Equatable {
  public static let meanings = [
    "pieces": "of a batch, each with its own BatchNorm statistics; further ranks are idle",
    "augmentation": "of training views: plain, pretraining (the run's own) or none",
  ]

  /// Pieces of a batch, each with BatchNorm statistics of its own; ranks beyond them are idle.
  public var pieces = 4
  /// What training sees.
  public var augmentation = Augmentation.plain

  public init() {}

  func validate() throws { try FineTuning.check(pieces: pieces) }
}
