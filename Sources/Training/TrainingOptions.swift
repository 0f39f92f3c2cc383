import Catalogues

/// A job's `training` section but for its optimizer: what a client does with its samples in a
/// round.
public struct TrainingOptions: Codable, Sendable, Equatable {
  /// What each option means.
  public static let meanings = [
    "local_epochs": "passes over a client's samples in a round",
    "batch": "samples of a step; each gives the views that the method asks for",
    "rate": "learning rate",
    "schedule": "of the rate over local epochs or rounds, a rate schedule",
    "clip": "largest l2 norm of a step's gradient; 0 for no limit",
    "order": "of the modalities' batches: alternate, first:MODALITY or random",
    "last_batch": "an epoch's last, incomplete one: keep (16 samples at least) or drop",
    "smallest_batch": "samples that a client's only batch must have; a smaller one trains nothing",
    "state": "an optimizer's and a method's between a client's rounds: fresh or kept",
    "views": "how the views of a batch pass the encoder: separate or joined",
    "recompute": "whether backward makes again what forward would save, for less memory",
    "threads": "of a rank; no result depends on them",
  ]

  /// What becomes of an epoch's last, incomplete batch.
  public enum LastBatch: String, WordOption {
    /// Used if it has at least 16 samples, or if it is the only one; and at least `smallestBatch`.
    case keep
    case drop
  }

  /// How the views of a batch pass the encoder.
  public enum Passes: String, WordOption {
    /// One after the other: BatchNorm sees each view by itself.
    case separate
    /// As one batch.
    case joined
  }

  /// What becomes of what an optimizer and a method have from step to step, when a round ends.
  public enum State: String, WordOption {
    /// Each round begins without.
    case fresh
    /// The client takes it up in the next round in which it trains.
    case kept
  }

  /// Passes over a client's samples in a round.
  public var localEpochs = 5
  /// Samples in a batch; each gives the views that the method asks for.
  public var batch = 256
  /// Learning rate.
  public var rate = 0.03
  /// Of the rate, over local epochs or rounds; a name in `rateSchedules`.
  public var schedule = "cosine-local"
  /// The largest l2 norm of a step's gradient, which is scaled down to it; 0 for no limit.
  public var clip = 0.0
  public var order = BatchOrder.alternate
  public var lastBatch = LastBatch.keep
  /// Samples that an incomplete batch must have. Of two or three, BatchNorm's statistics say
  /// nothing, and their gradients are far too large.
  public var smallestBatch = 8
  public var state = State.fresh
  public var views = Passes.separate
  /// Whether the backward pass makes again what the forward pass would save, for less memory.
  public var recompute = false
  /// Threads of a rank; no result depends on them.
  public var threads = 1

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case localEpochs = "local_epochs"
    case batch, rate, schedule, clip, order
    case lastBatch = "last_batch"
    case smallestBatch = "smallest_batch"
    case state, views, recompute, threads
  }

  /// What a step is made with.
  public var step: TrainingStep.Settings {
    TrainingStep.Settings(
      joined: views == .joined, recompute: recompute, clip: clip, goesOn: state == .kept)
  }

  /// Throws where a value cannot be.
  /// - Parameter modalities: those of the job.
  public func validate(modalities: [String]) throws(ConfigurationError) {
    try ConfigurationError.check("local_epochs", localEpochs, in: 1...100_000)
    try ConfigurationError.require(
      batch >= 2, "batch", "\(batch) is below 2: the loss compares samples of a batch")
    try ConfigurationError.require(batch <= 65_536, "batch", "\(batch) is above 65536")
    try ConfigurationError.check("smallest_batch", smallestBatch, in: 2...65_536)
    try ConfigurationError.check("threads", threads, in: 1...1024)
    try ConfigurationError.positive("rate", rate)
    try ConfigurationError.notNegative("clip", clip)
    try rateSchedules.require(schedule, at: "schedule")
    if case .first(let modality) = order, !modalities.contains(modality) {
      throw ConfigurationError("order", unknown("modality", modality, among: modalities))
    }
  }
}
