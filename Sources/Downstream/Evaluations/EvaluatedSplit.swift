import Catalogues
import Datasets
import Digests
import Evaluation
import Foundation
import Layers
import Machines
import MessagePassing
import Views

/// Which samples an evaluation trains on (or asks for neighbours) and which it is measured on.
public struct SampleOptions: SharedOptions, Equatable {
  public static let meanings = [
    "data": "a sample store",
    "test_data": "another store to be measured on, of the same classes",
    "modality": "that is measured; where empty, the store's only one",
    "train": "name of the split to train on",
    "test": "name of the split to be measured on",
  ]
  public static let fileOptions = ["data", "test_data"]

  /// A sample store.
  public var data = ""
  /// Another store to be measured on, of the same classes; the same one where empty.
  public var testData = ""
  /// The store's only one where empty.
  public var modality = ""
  /// Names of the splits.
  public var train = "train"
  public var test = "test"

  enum CodingKeys: String, CodingKey {
    case data, modality, train, test
    case testData = "test_data"
  }

  public init() {}

  func validate() throws {
    try ConfigurationError.require(!data.isEmpty, "data", "missing; give a sample store")
    if !modality.isEmpty { try modalities.require(modality, at: "modality") }
  }
}

/// Samples of one modality in one split, as a run's encoder sees them.
struct EvaluatedSplit {
  let store: SampleStore
  let modality: String
  let split: String
  /// Rows of the split, in the order of labels and features.
  let rows: [Int]
  let labels: [Int32]
  /// Of all samples of the split; nil where the store has none.
  private let names: SampleNames?
  /// For evaluation views, one a thread.
  let makers: [any ViewMaker]
  /// For training views that are cropped alone, and for those of pretraining.
  let plainMakers: [any ViewMaker]
  /// What the store's statistics are not for (`SampleStore.otherStatistics`).
  private let otherStatistics: String?

  /// - Parameter rows: all where nil.
  init(
    _ store: SampleStore, modality: String, split: String, rows: [Int]? = nil, run: EvaluatedRun,
    _ engine: Engine
  ) throws {
    try store.requireSamples()
    let labels = try store.labels(modality, split: split)
    self.rows = rows ?? Array(labels.indices)
    guard !self.rows.isEmpty else {
      throw StoreError(store.path, "has no \(modality) in split '\(split)'")
    }
    self.store = store
    self.modality = modality
    self.split = split
    self.labels = self.rows.map { labels[$0] }
    names = try store.names(modality, split: split)
    let settings = try run.job.makeModality(modality)
    otherStatistics = try store.otherStatistics(modality, for: settings)
    let statistics = try store.statistics(modality, for: settings) {
      if StopSignal.isReceived { throw WorkStopped() }
    }
    let shape = try run.job.viewShape(of: modality)
    func makers(plain: Bool) throws -> [any ViewMaker] {
      do {
        let modality = try run.job.makeModality(modality, plain: plain)
        return try (0..<engine.threads).map { _ in
          try modality.makeViews(
            shape: shape, statistics: statistics, kernels: engine.kernels)
        }
      } catch let error as ConfigurationError {
        throw StoreError(store.path, "\(error.inside("views.\(modality)"))")
      }
    }
    self.makers = try makers(plain: false)
    plainMakers = try makers(plain: true)
  }

  /// The store's name in tables.
  var name: String { store.name }

  /// What the samples are called, row by row; nil where the store does not say it.
  var sampleNames: [String]? { names.map { names in rows.map { names[$0] } } }

  /// The name of each sample's class, row by row.
  var classNames: [String] {
    let classes = store.classes(modality)
    return labels.map { classes[Int($0)] }
  }

  /// What tells these samples from any others.
  var digest: String {
    get throws {
      let hash = SHA256()
      hash.update(try store.fingerprint(modality, split: split))
      rows.withUnsafeBytes { hash.update($0) }
      if let otherStatistics { hash.update(otherStatistics) }
      return hash.finish()
    }
  }
}

extension SampleOptions {
  /// The two splits, and the class names that they share.
  /// - Parameter labels: which training samples there are.
  func open(_ context: EvaluationContext, _ labels: LabelOptions = LabelOptions()) throws -> (
    train: EvaluatedSplit, test: EvaluatedSplit, classes: [String]
  ) {
    let (trainStore, testStore, modality, classes) = try stores()
    let engine = context.engine
    let places = try labels.share.places(trainStore.labels(modality, split: train))
    return (
      try EvaluatedSplit(
        trainStore, modality: modality, split: train, rows: places, run: context.run, engine),
      try EvaluatedSplit(
        testStore, modality: modality, split: test, run: context.run, engine),
      classes
    )
  }

  /// The two splits, counted, and how many classes they share; nothing but labels is read.
  func workload(_ labels: LabelOptions = LabelOptions()) throws -> (
    train: EvaluationWorkload.Samples, test: EvaluationWorkload.Samples, classes: Int
  ) {
    let (trainStore, testStore, modality, classes) = try stores()
    return (
      try .init(trainStore, modality, split: train, labels),
      try .init(testStore, modality, split: test, LabelOptions()), classes.count
    )
  }

  private func stores() throws -> (
    train: SampleStore, test: SampleStore, modality: String, classes: [String]
  ) {
    let trainStore = try SampleStore.open(data)
    let testStore = testData.isEmpty ? trainStore : try SampleStore.open(testData)
    let modality = try modality(of: trainStore)
    let classes = trainStore.classes(modality)
    let others = testStore.classes(modality)
    guard classes == others else {
      throw StoreError(
        testData,
        others.isEmpty
          ? "has no \(modality), as \(data) has"
          : "has other \(modality) classes than \(data): "
            + Self.difference(others, classes) + "; evaluate it by itself")
    }
    guard classes.count >= 2 else {
      throw StoreError(data, "has one class of \(modality); there is nothing to tell apart")
    }
    return (trainStore, testStore, modality, classes)
  }

  private func modality(of store: SampleStore) throws -> String {
    if !modality.isEmpty {
      guard store.modalities.contains(modality) else {
        throw StoreError(
          store.path,
          "has no \(modality); it has: \(store.modalities.joined(separator: ", "))")
      }
      return modality
    }
    guard store.modalities.count == 1 else {
      throw StoreError(
        store.path,
        "has \(store.modalities.joined(separator: " and ")); say which with modality")
    }
    return store.modalities[0]
  }

  /// How one list of classes differs from another, in a few words.
  private static func difference(_ own: [String], _ other: [String]) -> String {
    guard own.count == other.count else { return "\(own.count) instead of \(other.count)" }
    let index = zip(own, other).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
    return "class \(index) is '\(own[index])' instead of '\(other[index])'"
  }
}
