import Catalogues
import Datasets
import Encoders
import Evaluation
import Federation
import Foundation
import Layers
import MessagePassing
import Tensors
import Training
import Views

extension Job {
  /// How this job's data are cut into clients.
  public func shardPlan() throws -> ShardPlan {
    ShardPlan(
      sources: try data.reduce(into: [:]) { sources, item in
        sources[item.key] = try ShardPlan.Source(
          path: item.value,
          partitioner: ["name": "dirichlet", "alpha": clients.alpha[item.key] ?? 0]
            as [String: Any],
          minimum: clients.minimum)
      }, clients: clients.count, seed: seed)
  }

  /// The manifest of the job's shards.
  public var manifest: String { "\(shards)/manifest.h5" }

  /// Makes and checks the parts of a run on this rank: data, shards, encoder, memory.
  public func assemble(_ communicator: Communicator) throws -> Assembly {
    let engine = try Engine(lanes: Engine.lanesFromEnvironment())
    let stores = try data.mapValues { try SampleStore.open($0) }
    for name in modalityNames where !stores[name]!.modalities.contains(name) {
      throw JobError(
        path: data[name]!,
        message: "data.\(name): this store has no \(name), only "
          + stores[name]!.modalities.joined(separator: ", "))
    }
    let reader = try openShards()
    let shape = ViewShape(side: encoder.inputSide, channels: encoder.inputChannels)
    let makers = try modalityNames.map { name in
      (name, try makeViews(name, shape: shape, statistics: reader.statistics(name)))
    }
    let trainer = ShardTrainer(
      reader: reader,
      trainer: try LocalTrainer(
        encoder: encoder, method: method, options: training, views: makers, seed: seed,
        rounds: federation.rounds, engine))
    let model = ParameterVector(encoder.layout)
    encoder.initialise(model, seed: seed)
    let samples = (0..<reader.clientCount).map { client in
      modalityNames.reduce(0) { $0 + reader.count(client, $1) }
    }
    return Assembly(
      model: model, trainer: trainer, samples: samples, shards: reader.fingerprint,
      monitor: try makeMonitor(stores, shape, engine),
      plannedMemory: plannedMemory(reader, communicator, engine),
      instructionSet: "\(engine.instructionSet), \(engine.lanes) lanes")
  }

  /// The job's shards, which must be those that the job describes.
  private func openShards() throws -> ShardReader {
    guard FileManager.default.fileExists(atPath: manifest) else {
      throw JobError(
        path: manifest, message: "there are no shards yet; run: motet shard \(path)")
    }
    let reader = try ShardReader.open(manifest)
    let wanted = try shardPlan().entries()
    // Shards by reference hold the same samples.
    let free = ["by_reference"]
    if let difference = ShardPlan.difference(
      found: reader.plan.filter { !free.contains($0.key) },
      wanted: wanted.filter { !free.contains($0.key) })
    {
      throw JobError(
        path: manifest,
        message: "shards of another job: \(difference); set 'shards' to another folder and run: "
          + "motet shard \(path)")
    }
    try reader.verifyFiles()
    return reader
  }

  private func makeViews(
    _ name: String, shape: ViewShape, statistics: [String: Double]
  ) throws -> any ViewMaker {
    do {
      return try makeModality(name).makeViews(shape: shape, statistics: statistics)
    } catch let error as ConfigurationError {
      throw JobError(path: path, message: "\(error.inside("views.\(name)"))")
    }
  }

  /// kNN on every data set that has a train and a test split; nil where nothing is to be measured.
  private func makeMonitor(
    _ stores: [String: SampleStore], _ shape: ViewShape, _ engine: Engine
  ) throws -> (any Monitor)? {
    guard monitor.every > 0 else { return nil }
    let sources = try modalityNames.compactMap { name -> KNNMonitor.Source? in
      let store = stores[name]!
      guard store.count(name, "train") > 0, store.count(name, "test") > 0 else { return nil }
      return KNNMonitor.Source(
        data: URL(fileURLWithPath: store.path).deletingPathExtension().lastPathComponent,
        modality: name, store: store,
        maker: try makeViews(name, shape: shape, statistics: store.statistics(name)),
        bank: monitor.bank, queries: monitor.queries, seed: seed)
    }
    guard !sources.isEmpty else { return nil }
    return KNNMonitor(
      sources, embedder: Embedder(encoder: encoder, output: monitor.features, engine),
      knn: KNN(k: monitor.knn.k, temperature: monitor.knn.temperature))
  }

  /// The most that a rank holds, in bytes: the vectors of the model's size, a training step, and
  /// the data of the largest client.
  private func plannedMemory(
    _ reader: ShardReader, _ communicator: Communicator, _ engine: Engine
  ) -> Int {
    let isWorker = FederatedTraining.workers(of: communicator).contains(communicator.rank)
    // Global model and its exact sum (8 bytes a value); a worker's own model, gradient, momentum;
    // on rank 0 the received sum and the mean.
    let vectors = 1 + 2 + (isWorker ? 3 : 0) + (communicator.rank == 0 ? 3 : 0)
    let largest =
      (0..<reader.clientCount).map { client in
        modalityNames.map { reader.count(client, $0) }.max() ?? 0
      }.max() ?? 0
    let images = isWorker ? 2 * min(training.batch, largest) : 0
    let step = encoder.trainingFloats(images: images, engine)
    let base = 100 << 20
    return base + 4 * (vectors * encoder.layout.count + step)
  }
}

/// Trains a client from its shard.
private final class ShardTrainer: ClientTrainer {
  private let reader: ShardReader
  private let trainer: LocalTrainer

  init(reader: ShardReader, trainer: LocalTrainer) {
    self.reader = reader
    self.trainer = trainer
  }

  func train(client: Int, round: Int, from global: ParameterVector) throws -> LocalUpdate {
    try trainer.train(try reader.load(client: client), round: round, from: global)
  }
}
