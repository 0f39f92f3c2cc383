import Tensors
import Training

/// Trains one client for one round. What comes out depends on the arguments alone, never on the
/// rank or on what it trained before.
public protocol ClientTrainer: AnyObject {
  /// - Parameters:
  ///   - round: counted from 1.
  ///   - global: the model to start from; not to be changed.
  /// - Returns: a model that stays valid until the next call.
  /// - Throws: `TrainingStopped` where it was asked to stop: the round is given up then, on all ranks.
  func train(client: Int, round: Int, from global: ParameterVector) throws -> LocalUpdate
}

/// What went wrong in a client's training, and where.
public struct ClientError: Error, CustomStringConvertible {
  public let round: Int
  public let client: Int
  public let underlying: any Error

  public var description: String { "round \(round), client \(client): \(underlying)" }
}
