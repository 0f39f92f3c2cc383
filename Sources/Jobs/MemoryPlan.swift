import Catalogues
import Datasets
import Federation
import Layers
import Machines
import MessagePassing
import Training

/// The most memory that a rank will hold, known before the run begins.
public struct MemoryPlan {
  private let job: Job
  private let isWorker: Bool
  private let isRoot: Bool
  private let largestClient: (samples: Int, bytes: Int)

  /// - Parameter largestClient: the most samples of a modality and the most bytes that one has.
  public init(
    _ job: Job, isWorker: Bool, isRoot: Bool, largestClient: (samples: Int, bytes: Int)
  ) {
    self.job = job
    self.isWorker = isWorker
    self.isRoot = isRoot
    self.largestClient = largestClient
  }

  /// The most samples of one modality, and the most bytes, that a client has.
  public static func largestClient(
    _ job: Job, count: (_ client: Int, _ modality: String) -> Int
  ) throws -> (samples: Int, bytes: Int) {
    var sampleBytes: [String: Double] = [:]
    for (modality, path) in job.data {
      sampleBytes[modality] = try SampleStore.open(path).meanBytes(modality, split: "train")
    }
    var most = (samples: 0, bytes: 0)
    for client in 0..<job.clients.count {
      var bytes = 0.0
      for modality in job.modalityNames {
        let count = count(client, modality)
        most.samples = max(most.samples, count)
        bytes += Double(count) * sampleBytes[modality]!
      }
      most.bytes = max(most.bytes, Int(min(bytes, 0x1p60)))
    }
    return most
  }

  /// Bytes of a rank with so many threads.
  public func bytes(threads: Int) throws -> Int {
    try Self.program + modelVectors() + training(threads: threads) + monitor(threads: threads)
  }

  /// Throws on all ranks where the ranks of a node need more than it has. Collective. The vectors
  /// of the model's size come first: without them not even the trial of a step can be made.
  func check(_ communicator: Communicator) throws {
    let models = try communicator.agree {
      try modelVectors() + monitor(threads: job.training.threads)
    }
    try MemoryError.check(Self.program + models, communicator)
    guard try communicator.maximum(isWorker ? 1 : 0) > 0 else { return }
    let rest = try communicator.agree { try training(threads: job.training.threads) }
    try MemoryError.check(Self.program + models + rest, communicator)
  }

  /// The program and its libraries.
  public static let program = 64 << 20

  /// What a rank that trains clients holds beside vectors of the model's size.
  private func training(threads: Int) throws -> Int {
    let client =
      try isWorker
      ? stepBuffers(
        samples: min(job.training.batch, max(2, largestClient.samples)), threads: threads)
        + largestClient.bytes : 0
    guard isRoot, let server = job.aggregator.serverTraining else { return client }
    let store = try SampleStore.open(job.data[server.modality]!)
    let samples = Double(store.count(server.modality, LabelledServer.split)) * server.labels
    let bytes = try store.meanBytes(server.modality, split: LabelledServer.split) * samples
    return try client + stepBuffers(samples: server.batch, threads: threads)
      + Int(min(bytes, 0x1p60))
  }

  /// What the monitor's measurements take, which rank 0 makes.
  private func monitor(threads: Int) throws -> Int {
    isRoot ? try job.monitorBytes(threads: threads) : 0
  }

  /// Everything of the model's size.
  private func modelVectors() throws -> Int {
    let channels = try job.aggregator.channels(job.model.layout, target: job.model.target)
    // The global model, the exact sum in 64-bit integers, on rank 0 its Float32 and the copy that
    // is being written.
    var floats = 5 * job.model.layout.count
    // The monitor's, where modalities may be lent norms.
    if job.monitor.every > 0, job.model.layout.entries.contains(where: { $0.own == .norms }) {
      floats += job.model.layout.count
    }
    if job.monitor.drift { floats += Drift.valueCount(job.model.layout, isRoot: isRoot) }
    if job.aggregator.mixing != nil { floats += RoundMix.valueCount(job.model.layout) }
    // The same of what is sent beside the model; of the server's vectors those that all receive,
    // and rank 0's with their copy.
    floats += 3 * Channels.count(channels.sent)
    floats += isWorker ? Channels.count(channels.received) : 0
    floats += isRoot ? 2 * Channels.count(channels.server) : 0
    if isRoot, job.aggregator.serverTraining != nil {
      floats += job.model.layout.count + TrainingStep.valueCount(job.model, job.optimizer)
    }
    if isWorker {
      // The client's model, and what a step holds beside it; what the client kept, and will keep.
      floats += job.model.layout.count + TrainingStep.valueCount(job.model, job.optimizer)
      floats += 2 * Channels.count(channels.kept)
    }
    return floats * MemoryLayout<Float>.stride
  }

  /// What a training step holds beside them.
  private func stepBuffers(samples: Int, threads: Int) throws -> Int {
    try Self.extrapolated(to: samples) {
      try trial(batch: $0, threads)
    }
  }

  /// The bytes that so many samples take, by a trial of two small numbers of them: all but a fixed
  /// part grows with the number.
  public static func extrapolated(
    to count: Int, _ trial: (_ samples: Int) throws -> Int
  ) rethrows -> Int {
    let (small, larger) = (2, 6)
    let first = try trial(small)
    guard count > small else { return first }
    return first + (try trial(larger) - first) * (count - small) / (larger - small)
  }

  /// Of the modality whose views take the most.
  private func trial(batch: Int, _ threads: Int) throws -> Int {
    // Modalities of as many channels take the same.
    var seen: Set<Int?> = []
    let tried = job.modalityNames.filter {
      seen.insert(job.encoder.inputChannels(of: $0)).inserted
    }
    return try tried.map { modality in
      let engine = try Engine(lanes: try Engine.lanesFromEnvironment(), threads: threads)
      let timer = StepTimer(
        job.model, modalities: job.modalityNames, of: modality, optimizer: job.optimizer,
        batch: batch, settings: job.training.step, engine)
      _ = timer.run()
      return engine.highWater
    }.max()!
  }
}

/// The plan needs more memory than a node has.
public struct MemoryError: Error, CustomStringConvertible {
  public let host: String
  public let ranks: Int
  public let planned: Int
  public let available: Int
  /// What helps beside fewer ranks.
  public let mend: String

  public var description: String {
    func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
    return "\(host): \(counted(ranks, "rank", ("needs", "need"))) at least "
      + "\(mebibytes(planned)), but only \(mebibytes(available)) are free; start fewer ranks, "
      + mend
  }

  /// Throws on all ranks where the ranks of one node plan more memory than it has.
  public static func check(
    _ planned: Int,
    mend: String = "set training.recompute, or lower training.batch or the encoder's size",
    _ communicator: Communicator
  ) throws {
    let machine = Machine()
    let hosts = try communicator.gather(text: machine.host)
    let plans = try communicator.gather([Int64(planned), Int64(machine.availableMemory)])
    try communicator.agreeOnRoot {
      guard let hosts, let plans else { return }
      for (host, ranks) in Dictionary(grouping: hosts.indices, by: { hosts[$0] })
        .sorted(by: { $0.key < $1.key })
      {
        let total = ranks.reduce(0) { $0 + plans[$1][0] }
        // The least that one of them sees: what others took since is not free.
        let available = ranks.map { plans[$0][1] }.min()!
        guard total <= available else {
          throw MemoryError(
            host: host, ranks: ranks.count, planned: Int(total), available: Int(available),
            mend: mend)
        }
      }
    }
  }
}
