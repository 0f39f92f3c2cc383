import Catalogues
import Evaluation
import Foundation

/// Multinomial logistic regression on the frozen encoder's features, to its optimum.
public struct LogisticEvaluation: PlugIn, EvaluationTask {
  public static let name = "logistic"
  public static let summary = "logistic regression on the frozen encoder's features, by L-BFGS"

  public typealias Options = MergedOptions<SampleOptions, LabelOptions, FeatureOptions, Own>

  public struct Own: SharedOptions {
    public static let meanings = [
      "c": "inverse of the squared weights' penalty (scikit-learn's C)",
      "tolerance": "the gradient's greatest value at the end",
      "iterations": "the most steps",
    ]

    /// C of `LogisticRegression`.
    public var c = 1.0
    public var tolerance = 1e-4
    /// The most steps.
    public var iterations = 1000

    public init() {}
  }

  public static let defaults = Options()
  public static let meanings = Options.meanings
  public static let fileOptions = Options.fileOptions
  private let samples: SampleOptions
  private let labels: LabelOptions
  private let features: FeatureOptions
  private let own: Own
  private let regression: LogisticRegression

  public init(_ options: Options) throws {
    (samples, labels, features, own) = options.groups
    try samples.validate()
    try labels.validate()
    regression = try LogisticRegression(
      c: own.c, tolerance: own.tolerance, iterations: own.iterations)
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, classes) = try samples.workload(labels)
    return EvaluationWorkload(
      fitting: train, test, classes: classes, output: features.features,
      by: .steps(own.iterations))
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let most = own.iterations
    return try FittedEvaluation(context, samples, labels, features, areLogits: true) {
      let fit = try regression.fit(
        $0, $1, classes: $2, pause: $3,
        each: { context.progress("logistic regression, step", $0, of: most) })
      if !fit.hasConverged {
        context.observer.note(
          "logistic: not at its optimum after \(counted(fit.iterations, "step")) (gradient "
            + String(format: "%.1e", fit.steepness)
            + "); more iterations, a lower c or standardise: true help")
      }
      return fit.classifier
    }
  }
}
