import Catalogues
import Datasets
import Encoders
import Evaluation
import Foundation
import Layers
import MessagePassing
import Tensors
import Views

/// kNN on the features of each of a job's data sets: the training split is the bank, the test split
/// the queries (FSSUAVL §4). Each rank embeds its part of both.
public final class KNNMonitor {
  private struct DataSet {
    let name: String
    let modality: String
    let store: SampleStore
    let views: [any ViewMaker]
    /// Rows of the splits that take part.
    let bank: [Int]
    let queries: [Int]
  }

  public static let bankSplit = "train"
  public static let querySplit = "test"
  private let sets: [DataSet]
  private let knn: KNN
  private let embedder: Embedder
  private let engine: Engine
  private let isStopped: () -> Bool
  private let verification = StoreVerification()

  /// - Parameters:
  ///   - views: the makers of views by modality.
  ///   - isStopped: whether a measurement is to be given up.
  init(
    _ job: Job, views: [ModalityViews], _ engine: Engine, isStopped: @escaping () -> Bool
  ) throws {
    self.isStopped = isStopped
    embedder = Embedder(
      encoder: job.encoder, output: job.monitor.features, engine)
    self.engine = engine
    let options = job.monitor.knn
    knn = KNN(k: options.k, temperature: options.temperature)
    sets = try views.map { views in
      let modality = views.modality
      let path = job.data[modality]!
      let store = try SampleStore.open(path)
      try Self.check(store, modality)
      return DataSet(
        name: store.name,
        modality: modality, store: store, views: views.makers,
        bank: job.someRows(options.bank, of: store.count(modality, Self.bankSplit), stream: 0),
        queries: job.someRows(
          options.queries, of: store.count(modality, Self.querySplit), stream: 1))
    }
  }

  /// Throws where a store lacks a split that the monitor needs.
  fileprivate static func check(_ store: SampleStore, _ modality: String) throws {
    for split in [bankSplit, querySplit] where store.count(modality, split) == 0 {
      throw StoreError(
        store.path, "has no \(modality) in split '\(split)' for the monitor; set monitor.every=0")
    }
  }

  /// Measures a model while it is trained. A collective: every rank has the same model and embeds
  /// its part. The figures are rank 0's, nil elsewhere. Throws `WorkStopped` where a rank is asked
  /// to end.
  func measure(
    _ model: ParameterVector, on communicator: Communicator
  ) throws -> [MonitorFigure]? {
    let model = model.lendingNorms()
    var figures: [MonitorFigure] = []
    for set in sets {
      try communicator.workOnRoot(isStopped: isStopped) { pause in
        for split in [Self.bankSplit, Self.querySplit] {
          try verification.verify(set.store, set.modality, split: split, between: pause)
        }
      }
      func embed(_ split: String, _ rows: [Int]) throws -> [Float] {
        try embedder.embed(
          set.store, set.modality, split: split, rows: rows, set.views, model, communicator,
          isStopped: isStopped)
      }
      let bank = try embed(Self.bankSplit, set.bank)
      let queries = try embed(Self.querySplit, set.queries)
      let (bankLabels, queryLabels) = try communicator.agree {
        (
          try set.store.labels(set.modality, split: Self.bankSplit),
          try set.store.labels(set.modality, split: Self.querySplit)
        )
      }
      let predicted = try knn.predict(
        bank: bank, labels: set.bank.map { bankLabels[$0] }, queries: queries,
        count: set.queries.count, classes: set.store.classes(set.modality).count, engine,
        communicator, isStopped: isStopped)
      if communicator.rank == 0 {
        let accuracy = KNN.accuracy(predicted, set.queries.map { queryLabels[$0] })!
        figures.append(
          MonitorFigure(data: set.name, modality: set.modality, accuracy: accuracy))
      }
    }
    return communicator.rank == 0 ? figures : nil
  }
}

extension Job {
  /// Bytes that rank 0 holds while the monitor measures, one modality after the other.
  func monitorBytes(threads: Int) throws -> Int {
    guard monitor.every > 0 else { return 0 }
    let options = monitor.knn
    let knn = KNN(k: options.k, temperature: options.temperature)
    let dimension = monitor.features.dimension(of: encoder)
    return try data.reduce(0) { most, data in
      let store = try SampleStore.open(data.value)
      func rows(_ limit: Int, _ split: String) -> Int {
        Self.howMany(limit, of: store.count(data.key, split))
      }
      return max(
        most,
        knn.bytes(
          bank: rows(options.bank, KNNMonitor.bankSplit),
          queries: rows(options.queries, KNNMonitor.querySplit), dimension: dimension,
          threads: threads))
    }
  }

  /// Throws where one of the job's stores lacks a split that its monitor needs.
  public func checkMonitor() throws {
    guard monitor.every > 0 else { return }
    for (modality, path) in data.sorted(by: { $0.key < $1.key }) {
      try KNNMonitor.check(try SampleStore.open(path), modality)
    }
  }
}
