import Evaluation
import Training

/// What an evaluation found: figures with their predictions.
public struct EvaluationOutcome {
  public let classes: [String]
  /// Of the test samples, in their order.
  public let labels: [Int32]
  public private(set) var figures: [EvaluationFigure] = []
  /// By figure, a class for each test sample; a figure that is no accuracy has none.
  public private(set) var predictions: [String: [Int32]] = [:]
  private let bootstrap = Bootstrap()

  init(classes: [String], labels: [Int32]) {
    self.classes = classes
    self.labels = labels
  }

  /// The share of samples whose class was found.
  mutating func addAccuracy(_ name: String, _ predictions: [Int32]) {
    add(name, zip(predictions, labels).map { $0 == $1 ? 1 : 0 })
    self.predictions[name] = predictions
  }

  /// Accuracy and mean cross-entropy of logits [samples, classes].
  mutating func add(accuracy: String, loss: String, logits: [Float]) {
    addAccuracy(accuracy, greatestClasses(logits, classes: classes.count))
    add(loss, CrossEntropy.losses(logits, labels, classes: classes.count))
  }

  private mutating func add(_ name: String, _ values: [Double]) {
    let interval = bootstrap.interval(of: values)
    figures.append(
      EvaluationFigure(
        name: name, value: values.reduce(0, +) / Double(values.count),
        low: interval?.low ?? .nan, high: interval?.high ?? .nan, count: values.count))
  }
}
