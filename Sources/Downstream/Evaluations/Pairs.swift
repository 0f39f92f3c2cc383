import Catalogues
import Datasets
import Evaluation
import Layers
import Views

/// Which pairs an evaluation trains on and is measured on: samples of two or more modalities that
/// belong together.
public struct PairOptions: SharedOptions, Equatable {
  public static let meanings = [
    "data": "a sample store with pairs",
    "train": "name of the split to train on",
    "test": "name of the split to be measured on",
  ]
  public static let fileOptions = ["data"]

  /// A sample store with pairs.
  public var data = ""
  /// Names of the splits.
  public var train = "train"
  public var test = "test"

  public init() {}

  func validate() throws {
    try ConfigurationError.require(!data.isEmpty, "data", "missing; give a sample store with pairs")
  }

  /// Both splits' pairs and their classes.
  /// - Parameter run: the run that sees the samples of a modality.
  func open(
    run: (_ modality: String) -> EvaluatedRun, _ engine: Engine
  ) throws -> (train: Pairs, test: Pairs, classes: [String]) {
    let store = try SampleStore.open(data)
    func pairs(_ split: String) throws -> Pairs {
      try Pairs(store, split: split, run: run, engine)
    }
    let (train, test) = (try pairs(train), try pairs(test))
    guard train.modalities == test.modalities else {
      throw StoreError(
        store.path,
        "its pairs in '\(self.train)' are of \(train.modalities.joined(separator: " and ")), those "
          + "in '\(self.test)' of \(test.modalities.joined(separator: " and "))")
    }
    // The classes of one modality are those of all: the store has seen to that.
    return (train, test, store.classes(train.modalities[0]))
  }

  /// Both splits' samples, counted, by modality.
  func workload() throws -> (
    train: [EvaluationWorkload.Samples], test: [EvaluationWorkload.Samples], classes: Int
  ) {
    let store = try SampleStore.open(data)
    func samples(_ split: String) throws -> [EvaluationWorkload.Samples] {
      let pairs = try store.pairs(split: split)
      return pairs.modalities.map { modality in
        .init(
          data: store.path, modality: modality, split: split, arePaired: true,
          count: pairs.rows[modality]?.count ?? 0)
      }
    }
    let (train, test) = (try samples(train), try samples(test))
    return (train, test, store.classes(train.first?.modality ?? "").count)
  }
}

extension SamplePairs {
  /// Those that the pairs are of, in the order of their catalogue.
  fileprivate var modalities: [String] { Views.modalities.names.filter { rows[$0] != nil } }
}

/// Samples that belong together: sample i of one modality with sample i of each other.
struct Pairs {
  /// One for each modality, in the order of the modalities' catalogue.
  let splits: [EvaluatedSplit]

  var modalities: [String] { splits.map(\.modality) }
  var labels: [Int32] { splits[0].labels }

  init(
    _ store: SampleStore, split: String, run: (_ modality: String) -> EvaluatedRun,
    _ engine: Engine
  ) throws {
    let pairs = try store.pairs(split: split)
    splits = try pairs.modalities.map { modality in
      try EvaluatedSplit(
        store, modality: modality, split: split, rows: pairs.rows[modality] ?? [],
        run: run(modality), engine)
    }
    guard splits.count > 1 else {
      throw StoreError(
        store.path, "its pairs in split '\(split)' are of fewer than two modalities known here")
    }
  }
}
