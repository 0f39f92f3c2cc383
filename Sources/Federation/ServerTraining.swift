import Tensors

/// What an algorithm wants the server to train by itself: a share of the data's training samples,
/// with their labels.
public struct ServerTraining: Sendable, Equatable {
  /// That of the samples.
  public let modality: String
  /// The share of the samples, of each class.
  public let labels: Double
  /// Of which samples they are.
  public let seed: UInt64
  /// Passes over them at a time.
  public let epochs: Int
  public let batch: Int
  /// The learning rate, the same in all steps.
  public let rate: Double

  public init(
    modality: String, labels: Double, seed: UInt64, epochs: Int, batch: Int, rate: Double
  ) {
    self.modality = modality
    self.labels = labels
    self.seed = seed
    self.epochs = epochs
    self.batch = batch
    self.rate = rate
  }
}

/// Has the server's labelled samples, on rank 0. What comes out depends on the model and the round
/// alone.
public protocol ServerTrainer: AnyObject {
  /// Trains a model on them, in place.
  /// - Parameter round: after which it is; 0 before the first.
  func train(_ model: ParameterVector, round: Int) throws

  /// Their projections in evaluation mode, one after the other, and their labels.
  func project(_ model: ParameterVector) throws -> (rows: [Float], labels: [Int32])
}
