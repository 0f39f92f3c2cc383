import Datasets
import Encoders
import Federation
import Layers
import Methods
import Tensors
import Training

/// The most memory that a rank will hold, known before the run begins.
struct MemoryPlan {
  let bytes: Int

  /// Throws where the vectors of the model's size alone do not fit: before the first is made.
  static func checkVectors(_ job: Job) throws {
    // The model and its exact sum, and a worker's model, gradient and momentum.
    let needed = (1 + 2 + 3) * job.encoder.layout.count * MemoryLayout<Float>.stride
    let available = Machine().availableMemory
    guard needed <= available else {
      throw JobError(
        path: job.path,
        message: "encoder: a model of \(job.encoder.layout.count) parameters needs at least "
          + "\(needed >> 20) MiB a rank, but only \(available >> 20) MiB are free; choose a "
          + "smaller one")
    }
  }

  /// - Parameters:
  ///   - isWorker: whether the rank trains clients.
  ///   - largestClient: samples and bytes of the largest client.
  init(
    _ job: Job, isWorker: Bool, largestClient: (samples: Int, bytes: Int)
  ) throws {
    // The program and its libraries.
    var bytes = 64 << 20
    let vector = job.encoder.layout.count * MemoryLayout<Float>.stride
    // The global model, the exact sum in 64-bit integers, on rank 0 its Float32.
    bytes += vector + 2 * vector + vector
    if isWorker {
      let batch = min(job.training.batch, max(2, largestClient.samples))
      // The client's model, gradient and momentum are in what a trial step takes.
      bytes += try Self.step(job, batch: batch) + largestClient.bytes
    }
    self.bytes = bytes
  }

  /// What a training step takes, by the steps of two small batches: all but a fixed part grows with
  /// the batch.
  private static func step(_ job: Job, batch: Int) throws -> Int {
    let small = 2
    let larger = 6
    let first = try trial(job, batch: small)
    guard batch > small else { return first }
    let second = try trial(job, batch: larger)
    return first + (second - first) * (batch - small) / (larger - small)
  }

  private static func trial(_ job: Job, batch: Int) throws -> Int {
    let engine = try Engine(lanes: try Engine.lanesFromEnvironment())
    let optimizer = try job.makeOptimizer()
    let step = TrainingStep(
      encoder: job.encoder, method: job.method, optimizer: optimizer,
      joined: job.training.views == .joined, engine)
    let parameters = ParameterVector(job.encoder.layout)
    job.encoder.initialise(parameters, seed: job.seed)
    let side = job.encoder.inputSide
    let views = FeatureMap(
      engine.pool, images: 2 * batch, channels: job.encoder.inputChannels, height: side,
      width: side, layout: .plain)
    for i in 0..<views.buffer.floats.count { views.pointer[i] = Float(i % 255) / 255 }
    _ = step.run(views, parameters, rate: job.training.rate)
    let vectors = (2 + optimizer.stateCount) * parameters.count * MemoryLayout<Float>.stride
    return engine.pool.highWater + vectors
  }
}
