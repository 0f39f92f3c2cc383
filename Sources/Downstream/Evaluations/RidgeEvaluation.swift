import Catalogues
import Evaluation

/// Ridge classification on the frozen encoder's features, solved in one go.
public struct RidgeEvaluation: PlugIn, EvaluationTask {
  public static let name = "ridge"
  public static let summary = "least squares with a penalty on the frozen encoder's features"

  public typealias Options = MergedOptions<SampleOptions, LabelOptions, FeatureOptions, Own>

  public struct Own: SharedOptions {
    public static let meanings = ["alpha": "of the squared weights' penalty (scikit-learn's)"]

    /// α of `RidgeClassification`.
    public var alpha = 1.0

    public init() {}
  }

  public static let defaults = Options()
  public static let meanings = Options.meanings
  public static let fileOptions = Options.fileOptions
  private let samples: SampleOptions
  private let labels: LabelOptions
  private let features: FeatureOptions
  private let ridge: RidgeClassification

  public init(_ options: Options) throws {
    let own: Own
    (samples, labels, features, own) = options.groups
    try samples.validate()
    try labels.validate()
    ridge = try RidgeClassification(alpha: own.alpha)
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, classes) = try samples.workload(labels)
    return EvaluationWorkload(
      fitting: train, test, classes: classes, output: features.features, by: .squares)
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    try FittedEvaluation(context, samples, labels, features, areLogits: false) {
      try ridge.fit($0, $1, classes: $2, pause: $3)
    }
  }
}
