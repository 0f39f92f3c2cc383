import Training

/// Trains one client for one round. What comes out depends on the task alone, never on the rank or
/// on what it trained before.
public protocol ClientTrainer: AnyObject {
  /// - Returns: an update that stays valid until the next call.
  /// - Throws: `TrainingStopped` where it was asked to stop: the round is given up then, on all
  ///   ranks.
  func train(_ task: ClientTask) throws -> LocalUpdate
}

/// What went wrong in the server's own training, and after which round; 0 is before the first.
struct ServerError: Error, CustomStringConvertible {
  let round: Int
  let underlying: any Error

  var description: String { "round \(round), at the server: \(underlying)" }
}

/// What went wrong in a client's training, and where.
public struct ClientError: Error, CustomStringConvertible {
  public let round: Int
  public let client: Int
  public let underlying: any Error

  public var description: String { "round \(round), client \(client): \(underlying)" }
}
