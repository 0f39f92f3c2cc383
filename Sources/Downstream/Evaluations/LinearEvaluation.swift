import Catalogues
import Evaluation

/// A linear layer on the frozen encoder's features (FSSUAVL §4).
public struct LinearEvaluation: PlugIn, EvaluationTask {
  public static let name = "linear"
  public static let summary = "a linear probe on the frozen encoder's features"

  public struct Options: Codable, Sendable {
    public var samples = SampleOptions()
    public var training = SupervisedOptions()
    public var own = Own()

    public struct Own: Codable, Sendable {
      /// Whether each epoch sees new views; else the training samples' evaluation views.
      public var views = false
      /// Of those: `plain` or `pretraining`.
      public var augmentation = "plain"
      /// `encoder`: before the head. `projection`: behind it.
      public var features = "encoder"
    }

    public init() {}

    public init(from decoder: any Decoder) throws {
      samples = try SampleOptions(from: decoder)
      training = try SupervisedOptions(from: decoder)
      own = try Own(from: decoder)
    }

    public func encode(to encoder: any Swift.Encoder) throws {
      try samples.encode(to: encoder)
      try training.encode(to: encoder)
      try own.encode(to: encoder)
    }
  }

  public static var defaults: Options { Options() }
  public static let meanings = joined(
    [
      SampleOptions.meanings, SupervisedOptions.meanings,
      [
        "views": "whether each epoch sees new views, not one of each sample",
        "augmentation": "of those: plain or pretraining (the run's own)",
        "features": "encoder (before the head) or projection (behind it)",
      ],
    ])
  private let options: Options
  private let augmentation: Augmentation
  private let output: Embedder.Output

  public init(_ options: Options) throws {
    try options.samples.validate()
    try options.training.validate()
    let augmentation = try Augmentation(options.own.augmentation)
    self.augmentation = options.own.views ? augmentation : .none
    output = try Embedder.Output(setting: options.own.features)
    self.options = options
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, classes) = try options.samples.workload()
    return EvaluationWorkload(
      probe: [train], [test], classes: classes, options.training, output: output,
      augmentation: augmentation)
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let (train, test, classes) = try options.samples.open(context)
    let (augmentation, output) = (augmentation, output)
    return ClassifierEvaluation(
      context, options.training, train: [train], test: [test], classes: classes,
      logits: { try $0.probe(output: output, augmentation: augmentation) },
      figures: { $0.add(accuracy: "accuracy", loss: "loss", logits: $1[0]) })
  }
}
