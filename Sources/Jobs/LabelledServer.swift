import Catalogues
import Datasets
import Evaluation
import Federation
import Layers
import Methods
import Tensors
import Training
import Views

/// The server's labelled samples: a share of the store's training split, in memory, which a
/// `LocalTrainer` trains on as it would on one more client's.
final class LabelledServer: ServerTrainer {
  private let data: ClientData
  private let samples: SampleSet
  private let makers: [any ViewMaker]
  private let trainer: LocalTrainer
  private let embedder: Embedder

  /// Throws where the samples are too few, or their classes are not the model's.
  init(_ job: Job, _ options: ServerTraining, _ views: ModalityViews, _ engine: Engine) throws {
    let store = try SampleStore.open(job.data[views.modality]!)
    try job.checkClasses(of: store, views.modality)
    let labels = try store.labels(views.modality, split: Self.split)
    let training = job.training.ofServer(options)
    let places: [Int]
    do {
      places = try LabelledShare(options.labels, seed: options.seed).places(labels)
      try ConfigurationError.require(
        EpochPlan.steps(of: places.count, training) > 0, "labels",
        "\(counted(places.count, "labelled sample")) make no batch; give a larger share, or a lower "
          + "training.smallest_batch")
    } catch let error as ConfigurationError {
      throw JobError(path: job.path, message: "\(error.inside("federation.aggregator"))")
    }
    samples = try store.load(views.modality, split: Self.split, indices: places)
    // One client more than there are: random numbers of its own.
    data = ClientData(client: job.clients.count, sets: [views.modality: samples])
    makers = views.makers
    trainer = try LocalTrainer(
      job.model, optimizer: job.optimizer, options: training, views: [views], seed: job.seed,
      rounds: job.federation.rounds, seesLabels: true, engine)
    embedder = Embedder(encoder: job.encoder, output: .projection, engine)
  }

  static let split = "train"

  func train(_ model: ParameterVector, round: Int) throws {
    let task = ClientTask(
      client: data.client, round: round, global: model, rule: FedAvg(NoOptions()))
    // A round that is asked to stop here ends with it: the labelled samples are few.
    guard let trained = try trainer.train(data, task, isStopped: { false }).state else {
      preconditionFailure("no batch of labelled samples")
    }
    model.assign(trained.model)
  }

  func project(_ model: ParameterVector) -> (rows: [Float], labels: [Int32]) {
    (embedder.embed(samples, makers, model), samples.labels)
  }
}

extension TrainingOptions {
  /// Those of a server beside clients of these: what it is not told is theirs.
  func ofServer(_ server: ServerTraining) -> TrainingOptions {
    var options = self
    options.localEpochs = server.epochs
    options.batch = server.batch
    options.rate = server.rate
    options.schedule = Constant.name
    options.lastBatch = .keep
    options.state = .fresh
    return options
  }
}

extension Job {
  /// Throws where clients have samples that the server's labels say nothing of.
  /// - Parameter samples: by modality, each client's.
  func checkLabels(_ server: ServerTraining, _ samples: [String: [Int]]) throws {
    for (modality, counts) in samples.sorted(by: { $0.key < $1.key })
    where modality != server.modality {
      guard let client = counts.firstIndex(where: { $0 > 0 }) else { continue }
      throw JobError(
        path: path,
        message: "federation.aggregator: the server has labels of \(server.modality) alone, and "
          + "client \(client) has \(modality) too; set clients.mix to "
          + "{ \(server.modality): 100% }")
    }
  }

  /// Throws where the classes of a store are not as many as the method's.
  fileprivate func checkClasses(of store: SampleStore, _ modality: String) throws {
    guard let classes = model.layout.entry(Methods.FedAnchor.anchors)?.shape[0] else { return }
    let count = store.classes(modality).count
    guard count == classes else {
      throw JobError(
        path: path,
        message: "method.classes: \(classes), but \(store.path) has "
          + "\(counted(count, "class")) of \(modality); set it to \(count)")
    }
  }
}
