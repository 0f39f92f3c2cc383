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
  /// What figures are made of, by name.
  public private(set) var lists: [String: [Double]] = [:]
  private let bootstrap = Bootstrap()

  /// - Parameter test: the splits of all modalities, with one class for the i-th sample of each.
  init(classes: [String], _ test: [EvaluatedSplit]) {
    self.classes = classes
    labels = test[0].labels
    samples = test.map {
      TestSamples(modality: $0.modality, rows: $0.rows, names: $0.sampleNames)
    }
  }

  /// Of samples whose class is their modality, one modality after the other.
  init(ofModalities splits: [EvaluatedSplit]) {
    classes = splits.map(\.modality)
    labels = splits.enumerated().flatMap { index, split in
      [Int32](repeating: Int32(index), count: split.rows.count)
    }
    samples = splits.map {
      TestSamples(modality: $0.modality, rows: $0.rows, names: $0.sampleNames)
    }
  }

  /// The share of samples whose class was found.
  mutating func addAccuracy(_ name: String, _ predictions: [Int32]) {
    addMean(name, of: zip(predictions, labels).map { $0 == $1 ? 1 : 0 })
    self.predictions[name] = predictions
  }

  /// The mean over classes of the share of each one's samples whose class was found.
  mutating func addBalancedAccuracy(_ name: String, _ predictions: [Int32]) {
    let hits = zip(predictions, labels).map { (label: $1, value: $0 == $1 ? 1.0 : 0) }
    add(
      name,
      groups: classes.indices.map { c in hits.filter { $0.label == Int32(c) }.map(\.value) })
    self.predictions[name] = predictions
  }

  /// Accuracy and mean cross-entropy of logits [samples, classes].
  mutating func add(accuracy: String, loss: String, logits: [Float]) {
    addAccuracy(accuracy, greatestClasses(logits, classes: classes.count))
    addMean(loss, of: CrossEntropy.losses(logits, labels, classes: classes.count))
  }

  /// The mean of a value for each sample.
  mutating func addMean(_ name: String, of values: [Double]) { add(name, groups: [values]) }

  /// A figure that is no mean over samples, and has no interval.
  mutating func add(_ name: String, _ value: Double, count: Int) {
    figures.append(
      EvaluationFigure(name: name, value: value, low: .nan, high: .nan, count: count))
  }

  mutating func add(list name: String, _ values: [Double]) { lists[name] = values }

  /// The mean of the groups' means.
  private mutating func add(_ name: String, groups: [[Double]]) {
    let interval = bootstrap.interval(ofGroups: groups)
    let means = groups.map { $0.reduce(0, +) / Double($0.count) }
    figures.append(
      EvaluationFigure(
        name: name, value: means.reduce(0, +) / Double(means.count),
        low: interval?.low ?? .nan, high: interval?.high ?? .nan,
        count: groups.reduce(0) { $0 + $1.count }))
  }
}
