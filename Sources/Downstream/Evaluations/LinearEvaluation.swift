import Catalogues
import Evaluation

/// A linear layer on the frozen encoder's features (FSSUAVL §4).
public struct LinearEvaluation: PlugIn, EvaluationTask {
  public static let name = "linear"
  public static let summary = "a linear probe on the frozen encoder's features"

  public typealias Options = MergedOptions<
    SampleOptions, LabelOptions, SupervisedOptions, FeatureOptions, Own
  >

  public struct Own: SharedOptions {
    public static let meanings = [
      "preset": "whose defaults hold: paper, easyfl, orchestra, ldawa or fedu2",
      "views": "whether each epoch sees new views, not one of each sample",
      "augmentation": "of those: plain or pretraining (the run's own)",
    ]

    /// Whose defaults hold.
    var preset = ProbePreset.paper
    /// Whether each epoch sees new views; else the training samples' evaluation views.
    public var views = false
    /// Of those.
    public var augmentation = Augmentation.plain

    public init() {}
  }

  public static let defaults = Options()
  public static let meanings = Options.meanings
  public static let fileOptions = Options.fileOptions
  public static func complete(_ given: Tree) throws -> Tree {
    let defaults = try Tree(encoding: defaults).with(ProbePreset(of: given).settings)
    return try SupervisedOptions.complete(given, on: defaults)
  }
  private let samples: SampleOptions
  private let labels: LabelOptions
  private let training: SupervisedOptions
  private let features: FeatureOptions
  private let augmentation: Augmentation

  public init(_ options: Options) throws {
    let own: Own
    (samples, labels, training, features, own) = options.groups
    try samples.validate()
    try labels.validate()
    try training.validate()
    augmentation = own.views ? own.augmentation : .none
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, classes) = try samples.workload(labels)
    return EvaluationWorkload(
      probe: [train], [test], classes: classes, training, output: features.features,
      augmentation: augmentation, features.normalisation)
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    try ClassifierEvaluation(context, training, samples, labels) {
      try $0.probe(
        output: features.features, augmentation: augmentation, features.normalisation)
    }
  }
}
