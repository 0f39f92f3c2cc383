import Datasets
import Encoders
import Evaluation
import Layers
import MessagePassing
import Tensors
import Views

/// kNN classification of each data set's `test` split from its `train` split, on the model's
/// features. All ranks embed, rank 0 classifies.
final class KNNMonitor: Monitor {
  /// One data set: a modality of a store that has both splits.
  struct Source {
    let data: String
    let modality: String
    let store: SampleStore
    let maker: any ViewMaker
    let bank: [Int]
    let queries: [Int]

    /// - Parameters:
    ///   - bank: the most samples of the train split to take, drawn by `seed`; 0 for all.
    ///   - queries: likewise of the test split.
    init(
      data: String, modality: String, store: SampleStore, maker: any ViewMaker, bank: Int,
      queries: Int, seed: UInt64
    ) {
      self.data = data
      self.modality = modality
      self.store = store
      self.maker = maker
      self.bank = Self.draw(bank, of: store.count(modality, "train"), seed, 0)
      self.queries = Self.draw(queries, of: store.count(modality, "test"), seed, 1)
    }

    private static func draw(_ limit: Int, of count: Int, _ seed: UInt64, _ index: Int) -> [Int] {
      guard limit > 0, limit < count else { return Array(0..<count) }
      var random = RandomStream(seed: seed, purpose: .sampling, sample: index)
      return random.permutation(count).prefix(limit).sorted()
    }
  }

  private let sources: [Source]
  private let embedder: Embedder
  private let knn: KNN

  init(_ sources: [Source], embedder: Embedder, knn: KNN) {
    self.sources = sources
    self.embedder = embedder
    self.knn = knn
  }

  func measure(_ model: ParameterVector, on communicator: Communicator) throws -> [MonitorFigure]? {
    var figures: [MonitorFigure] = []
    for source in sources {
      let bank = try embed(source, "train", source.bank, model, communicator)
      let queries = try embed(source, "test", source.queries, model, communicator)
      guard let bank, let queries else { continue }
      let train = try source.store.labels(source.modality, split: "train")
      let test = try source.store.labels(source.modality, split: "test")
      let predicted = knn.predict(
        bank: bank, labels: source.bank.map { train[$0] }, queries: queries,
        dimension: embedder.dimension, classes: source.store.classes(source.modality).count)
      if let accuracy = KNN.accuracy(predicted, source.queries.map { test[$0] }) {
        figures.append(
          MonitorFigure(data: source.data, modality: source.modality, accuracy: accuracy))
      }
    }
    return communicator.rank == 0 ? figures : nil
  }

  /// The features of some samples, on rank 0; nil elsewhere. Each rank embeds a part, in pieces, so
  /// that samples of any number fit.
  private func embed(
    _ source: Source, _ split: String, _ indices: [Int], _ model: ParameterVector,
    _ communicator: Communicator
  ) throws -> [Float]? {
    let count = indices.count
    let own =
      count * communicator.rank / communicator.size..<count * (communicator.rank + 1)
      / communicator.size
    var features: [Float] = []
    for first in stride(from: own.lowerBound, to: own.upperBound, by: 256) {
      let piece = indices[first..<min(first + 256, own.upperBound)]
      let samples = try source.store.load(source.modality, split: split, indices: Array(piece))
      features += embedder.embed(samples, source.maker, model)
    }
    return try communicator.gather(features)?.flatMap { $0 }
  }
}
