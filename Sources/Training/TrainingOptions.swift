import Catalogues

/// A job's `training` section: what a client does with its samples in a round.
///
/// `optimizer` and `schedule` are names in their catalogues.
public struct TrainingOptions: Codable, Sendable, Equatable {
  /// The order of the modalities' batches within an epoch.
  public enum Order: String, Codable, Sendable, CaseIterable {
    /// Image, sound, image, … until one runs out, then the rest.
    case alternate
    case imagesFirst = "images-first"
    case soundsFirst = "sounds-first"
    case random
  }

  /// What becomes of an epoch's last, incomplete batch.
  public enum LastBatch: String, Codable, Sendable, CaseIterable {
    /// Used if it has at least 16 samples, or if it is the only one and has at least 2.
    case keep
    case drop
  }

  /// How the two views of a batch pass the encoder.
  public enum Passes: String, Codable, Sendable, CaseIterable {
    /// One after the other: BatchNorm sees each view by itself.
    case separate
    /// As one batch of twice the size.
    case joined
  }

  /// Passes over a client's samples in a round.
  public var localEpochs = 5
  /// Samples in a batch; each gives two views.
  public var batch = 256
  public var optimizer = "sgd"
  /// Learning rate.
  public var rate = 0.03
  public var momentum = 0.9
  public var weightDecay = 1e-4
  /// Of the rate, over local epochs or rounds.
  public var schedule = "cosine-local"
  public var order = Order.alternate
  public var lastBatch = LastBatch.keep
  public var views = Passes.separate
  /// Whether the backward pass makes again what the forward pass would save, for less memory.
  public var recompute = false
  /// Threads of a rank; no result depends on them.
  public var threads = 1

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case localEpochs = "local_epochs"
    case batch, optimizer, rate, momentum
    case weightDecay = "weight_decay"
    case schedule, order
    case lastBatch = "last_batch"
    case views, recompute, threads
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    localEpochs = try values.decode(Int.self, forKey: .localEpochs)
    batch = try values.decode(Int.self, forKey: .batch)
    optimizer = try values.decode(String.self, forKey: .optimizer)
    rate = try values.decode(Double.self, forKey: .rate)
    momentum = try values.decode(Double.self, forKey: .momentum)
    weightDecay = try values.decode(Double.self, forKey: .weightDecay)
    schedule = try values.decode(String.self, forKey: .schedule)
    order = try choice(values, .order)
    lastBatch = try choice(values, .lastBatch)
    views = try choice(values, .views)
    recompute = try values.decode(Bool.self, forKey: .recompute)
    threads = try values.decode(Int.self, forKey: .threads)
  }

  /// Throws where a number cannot be.
  public func validate() throws(ConfigurationError) {
    try require(localEpochs >= 1, "local_epochs", "\(localEpochs) is below 1")
    try require(batch >= 2, "batch", "\(batch) is below 2: the loss compares samples of a batch")
    try require(batch <= 65_536, "batch", "\(batch) is above 65536")
    try require((1...1024).contains(threads), "threads", "\(threads) is outside 1 to 1024")
    try require(rate > 0 && rate.isFinite, "rate", "\(rate) is not above 0")
    try require((0..<1).contains(momentum), "momentum", "\(momentum) is not in 0 ..< 1")
    try require(
      weightDecay >= 0 && weightDecay.isFinite, "weight_decay", "\(weightDecay) is below 0")
  }

  private func require(
    _ condition: Bool, _ key: String, _ message: String
  ) throws(ConfigurationError) {
    if !condition { throw ConfigurationError(key, message) }
  }
}

/// A value of a list of words; another word is an error that names the nearest.
private func choice<Keys: CodingKey, Value>(
  _ values: KeyedDecodingContainer<Keys>, _ key: Keys
) throws -> Value
where Value: RawRepresentable<String> & CaseIterable {
  let word = try values.decode(String.self, forKey: key)
  guard let value = Value(rawValue: word) else {
    throw ConfigurationError(
      key.stringValue, unknown("value", word, among: Value.allCases.map(\.rawValue)))
  }
  return value
}
