import Catalogues
import Datasets
import Encoders
import Federation
import Layers
import MessagePassing
import Tensors
import Training
import Views

/// A job's parts on one rank, ready to compute.
public struct Assembly {
  /// The model before the first round; rank 0's counts.
  let model: ParameterVector
  let trainer: any ClientTrainer
  let aggregator: any Aggregator
  /// By modality, each client's number of samples, by id.
  let samples: [String: [Int]]
  /// What tells the data that are trained on from any others (`Job.trainingFingerprint`); rank 0's
  /// counts.
  let shards: String
  /// Rank 0's, where the algorithm has the server train; nil elsewhere.
  let server: (any ServerTrainer)?
  /// Nil where nothing is measured.
  let monitor: KNNMonitor?
  let instructionSet: String
  /// Whether the process was asked to end.
  let isStopped: () -> Bool

  /// Opens and checks the job's files, plans its memory and makes its parts. A collective: all
  /// ranks return, or all throw.
  public init(
    _ job: Job, communicator: Communicator, isStopped: @escaping () -> Bool,
    note: (String) -> Void = { _ in }
  ) throws {
    try job.check(communicator)
    let (shards, largest) = try communicator.agree {
      let shards = try job.openShards()
      return (shards, try MemoryPlan.largestClient(job) { shards.count($0, $1) })
    }
    try communicator.requireSame(shards.fingerprint) { _, _ in
      "\(job.shards): other shards than rank 0's; give all ranks the same folder"
    }
    let rank = communicator.rank
    try MemoryPlan(
      job, isWorker: FederatedTraining.workers(of: communicator).contains(rank),
      isRoot: rank == 0, largestClient: largest
    ).check(communicator)
    let statistics = try Self.statistics(job, communicator, isStopped: isStopped, note: note)
    let trainedOn = Job.trainingFingerprint(
      shards: shards.fingerprint, others: statistics.others)
    self = try communicator.agree {
      try Assembly(
        job, shards, statistics.values, trainedOn: trainedOn, rank: rank, isStopped: isStopped)
    }
  }

  /// What views need to know of the data, by modality. Where the stores' are for other options than
  /// the job's, rank 0 computes them once more and gives them to all. A collective.
  /// - Returns: on rank 0 also those options (`Job.trainingFingerprint`); none elsewhere.
  private static func statistics(
    _ job: Job, _ communicator: Communicator, isStopped: @escaping () -> Bool,
    note: (String) -> Void
  ) throws -> (values: [String: [String: Double]], others: [String]) {
    var text = ""
    var others: [String] = []
    try communicator.workOnRoot(isStopped: isStopped) { pause in
      let found = try job.modalityNames.map { name in
        let store = try SampleStore.open(job.data[name]!)
        let modality = try job.makeModality(name)
        if let options = try store.otherStatistics(name, for: modality) {
          others.append("\(name) \(options)")
          note("\(store.path): computing the statistics of \(name) once more, for \(options)")
        }
        let values = try store.statistics(name, for: modality, between: pause)
        return (name, Tree(values.map { ($0, .text("\($1.bitPattern)")) }))
      }
      text = Tree(found).json
    }
    let tree = try Tree(json: communicator.broadcast(text: text))
    let values = (tree.mapping ?? .init()).reduce(into: [:]) { all, modality in
      all[modality.key] = (modality.value.mapping ?? .init()).reduce(into: [:]) {
        $0[$1.key] = $1.value.text.flatMap(UInt64.init).map(Double.init(bitPattern:))
      }
    }
    return (values, others)
  }

  private init(
    _ job: Job, _ shards: ShardReader, _ statistics: [String: [String: Double]],
    trainedOn: String, rank: Int, isStopped: @escaping () -> Bool
  ) throws {
    let engine = try job.makeEngine()
    let views = try job.modalityNames.map { name in
      do {
        let modality = try job.makeModality(name)
        let shape = try job.viewShape(of: name)
        return ModalityViews(
          modality: name,
          makers: try (0..<engine.threads).map { _ in
            try modality.makeViews(
              shape: shape, statistics: statistics[name] ?? [:], kernels: engine.kernels)
          })
      } catch let error as ConfigurationError {
        throw JobError(path: job.path, message: "\(error.inside("views.\(name)"))")
      }
    }
    let samples = job.modalityNames.reduce(into: [:]) { samples, modality in
      samples[modality] = (0..<job.clients.count).map { shards.count($0, modality) }
    }
    self.samples = samples
    server =
      rank == 0
      ? try job.aggregator.serverTraining.map { training in
        try job.checkLabels(training, samples)
        return try LabelledServer(
          job, training, views.first { $0.modality == training.modality }!, engine)
      } : nil
    let trainer = try LocalTrainer(
      job.model, optimizer: job.optimizer, options: job.training, views: views, seed: job.seed,
      rounds: job.federation.rounds, engine)
    aggregator = job.aggregator
    self.trainer = ShardTrainer(shards, trainer, isStopped: isStopped)
    self.isStopped = isStopped
    self.shards = trainedOn
    model = ParameterVector(job.model.layout)
    // Millions of normal numbers take seconds; the other ranks get the model with the first round.
    if rank == 0 { job.model.initialise(model, seed: job.seed) }
    monitor =
      job.monitor.every > 0
      ? try KNNMonitor(job, views: views, engine, isStopped: isStopped) : nil
    instructionSet =
      "\(engine.instructionSet), \(engine.lanes) lanes"
      + (engine.threads > 1 ? ", \(engine.threads) threads" : "")
  }
}
