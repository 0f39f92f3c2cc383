import Evaluation
import Training

/// What an evaluation found: figures with their predictions.
public struct EvaluationOutcome {
  public struct Figure {
    public let name: String
    public let value: Double
    /// 95 % bootstrap interval; not a number where there is none.
    public let low: Double
    public let high: Double
    /// Samples that it was measured on.
    public let count: Int
    /// A class for each test sample; nil for a figure that is no accuracy.
    public let predictions: [Int32]?
  }

  public let classes: [String]
  /// Of the test samples, in their order.
  public let labels: [Int32]
  public private(set) var figures: [Figure] = []
  private let bootstrap = Bootstrap()

  init(classes: [String], labels: [Int32]) {
    self.classes = classes
    self.labels = labels
  }

  /// The share of samples whose class was found.
  mutating func addAccuracy(_ name: String, _ predictions: [Int32]) {
    add(name, zip(predictions, labels).map { $0 == $1 ? 1 : 0 }, predictions)
  }

  /// Accuracy and mean cross-entropy of logits [samples, classes].
  mutating func add(accuracy: String, loss: String, logits: [Float]) {
    addAccuracy(accuracy, greatestClasses(logits, classes: classes.count))
    add(loss, CrossEntropy.losses(logits, labels, classes: classes.count), nil)
  }

  private mutating func add(_ name: String, _ values: [Double], _ predictions: [Int32]?) {
    let interval = bootstrap.interval(of: values)
    figures.append(
      Figure(
        name: name, value: values.reduce(0, +) / Double(values.count),
        low: interval?.low ?? .nan, high: interval?.high ?? .nan, count: values.count,
        predictions: predictions))
  }
}
