import Tensors

/// What a client's local training left: its model, and figures for the report.
public struct LocalUpdate {
  /// The client's model after training, running statistics included.
  public let parameters: ParameterVector
  /// Optimizer steps. Zero where the client had too few samples: its model is the global one.
  public let steps: Int
  /// Views that went through the encoder.
  public let views: Int
  /// Per modality, the sum of the batches' losses and their number.
  public let losses: [String: LossSum]

  public init(
    parameters: ParameterVector, steps: Int, views: Int, losses: [String: LossSum]
  ) {
    self.parameters = parameters
    self.steps = steps
    self.views = views
    self.losses = losses
  }
}

/// A mean in the making.
public struct LossSum: Sendable, Equatable {
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

  /// Nil where there was no batch.
  public var mean: Double? { batches > 0 ? sum / Double(batches) : nil }
}
