import Evaluation
import Training

/// What leads from predictions to samples of one modality.
struct TestSamples {
  let modality: String
  /// In their split.
  let rows: [Int]
  /// Nil where the store has none.
  let names: [String]?
}

/// What an evaluation found: figures with their predictions.
public struct EvaluationOutcome {
  public let classes: [String]
  /// Of the test samples, in their order.
  public let labels: [Int32]
  /// The test samples, of each modality that they have.
  let samples: [TestSamples]
  public private(set) var figures: [EvaluationFigure] = []
  /// By figure, a class for each test sample; a figure that is no accuracy has none.
  public private(set) var predictions: [String: [Int32]] = [:]
  private let bootstrap = Bootstrap()

  /// - Parameter test: the splits of all modalities, with one class for the i-th sample of each.
  init(classes: [String], _ test: [EvaluatedSplit]) {
    self.classes = classes
    labels = test[0].labels
    samples = test.map {
      TestSamples(modality: $0.modality, rows: $0.rows, names: $0.sampleNames)
    }
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
