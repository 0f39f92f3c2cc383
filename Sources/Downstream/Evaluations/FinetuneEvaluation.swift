import Catalogues
import Evaluation

/// The whole network trained further, on labels (FSSUAVL §4).
public struct FinetuneEvaluation: PlugIn, EvaluationTask {
  public static let name = "finetune"
  public static let summary = "the whole network trained with a linear layer on labels"

  public struct Options: Codable, Sendable {
    public var samples = SampleOptions()
    public var training = SupervisedOptions()
    public var own = FinetuneOptions()

    public init() {}

    public init(from decoder: any Decoder) throws {
      samples = try SampleOptions(from: decoder)
      training = try SupervisedOptions(from: decoder)
      own = try FinetuneOptions(from: decoder)
    }

    public func encode(to encoder: any Swift.Encoder) throws {
      try samples.encode(to: encoder)
      try training.encode(to: encoder)
      try own.encode(to: encoder)
    }
  }

  public static var defaults: Options { Options() }
  public static let meanings = joined(
    [SampleOptions.meanings, SupervisedOptions.meanings, FinetuneOptions.meanings])
  private let options: Options
  private let augmentation: Augmentation

  public init(_ options: Options) throws {
    try options.samples.validate()
    try options.training.validate()
    augmentation = try options.own.validated()
    self.options = options
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, classes) = try options.samples.workload()
    return EvaluationWorkload(
      tuning: [train], [test], classes: classes, options.training, pieces: options.own.pieces,
      augmentation: augmentation)
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let (train, test, classes) = try options.samples.open(context)
    let (augmentation, pieces) = (augmentation, options.own.pieces)
    return ClassifierEvaluation(
      context, options.training, train: [train], test: [test], classes: classes,
      logits: { try $0.fineTune(pieces: pieces, augmentation: augmentation) },
      figures: { $0.add(accuracy: "accuracy", loss: "loss", logits: $1[0]) })
  }
}

/// What fine-tuning has beside a linear probe.
public struct FinetuneOptions: Codable, Sendable, Equatable {
  /// What each option means.
  public static let meanings = [
    "pieces": "of a batch, each with its own BatchNorm statistics; further ranks are idle",
    "augmentation": "of training views: plain, pretraining (the run's own) or none",
  ]

  /// Pieces of a batch, each with BatchNorm statistics of its own; ranks beyond them are idle.
  public var pieces = 4
  /// What training sees: `plain` (images cropped and flipped, a random segment of a sound),
  /// `pretraining` (the run's own training views), `none`.
  public var augmentation = "plain"

  func validated() throws -> Augmentation {
    try FineTuning.check(pieces: pieces)
    return try Augmentation(augmentation)
  }
}
