import Tensors

/// What a client's local training came to.
public struct LocalUpdate {
  /// The client's model and what else its rule may look at, valid until the next client trains. Nil
  /// where the client had too few samples for a step: its model is the global one.
  public let state: LocalState?
  /// Views that went through the encoder.
  public let views: Int
  /// Per modality, the sum of the batches' losses and their number.
  public let losses: [String: LossSum]

  public init(state: LocalState?, views: Int, losses: [String: LossSum]) {
    self.state = state
    self.views = views
    self.losses = losses
  }

  /// Optimizer steps.
  public var steps: Int { state?.steps ?? 0 }
}

/// A mean in the making.
public struct LossSum: Codable, Sendable, Equatable {
  public var sum: Double
  public var batches: Int

  public init(sum: Double = 0, batches: Int = 0) {
    self.sum = sum
    self.batches = batches
  }

  public mutating func add(_ loss: Double) {
    sum += loss
    batches += 1
  }

  public static func += (a: inout LossSum, b: LossSum) {
    a.sum += b.sum
    a.batches += b.batches
  }

  /// Nil where there was no batch.
  public var mean: Double? { batches > 0 ? sum / Double(batches) : nil }
}
