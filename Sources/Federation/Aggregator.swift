import Catalogues
import Tensors

/// How the clients' models become the next global model.
///
/// The rank that trained a client decides with which weights its model enters the exact sum; rank 0
/// makes the global model from the sum. An aggregator is one file in `Aggregators/` and one line in
/// `aggregators`.
public protocol Aggregator: AnyObject {
  /// The weight of each parameter (entry of the layout) of a client's model. Each is at most 1 in
  /// size, and a parameter's weights over the round's clients at most 1 together.
  /// - Parameters:
  ///   - model: the client's model after its training.
  ///   - global: the model it started from.
  func weights(model: ParameterVector, global: ParameterVector, terms: AggregationTerms) -> [Double]

  /// Rank 0: the same for a client that trained no step, whose model is `global`. There may be very
  /// many of them: an aggregator that looks at the model should know the answer here.
  func weights(untrained global: ParameterVector, terms: AggregationTerms) -> [Double]

  /// Rank 0: makes `global` the next global model.
  func finish(sum: ParameterVector, global: ParameterVector, round: Int)

  /// What rank 0 carries from round to round beside the global model (momentum, …), by name: saved
  /// in checkpoints. Empty before the first round.
  var serverState: [String: ParameterVector] { get set }
}

extension Aggregator {
  public func weights(untrained global: ParameterVector, terms: AggregationTerms) -> [Double] {
    weights(model: global, global: global, terms: terms)
  }
}

/// What is known of a client's part in a round before anything is trained.
public struct AggregationTerms: Sendable {
  public let round: Int
  public let client: Int
  /// The client's samples over those of all selected clients, βq.
  public let share: Double
  /// How many clients the round has.
  public let clients: Int

  public init(round: Int, client: Int, share: Double, clients: Int) {
    self.round = round
    self.client = client
    self.share = share
    self.clients = clients
  }
}

public let aggregators = Catalogue<any Aggregator>(
  "aggregator",
  [
    .init(FedAvg.self) { $0 },
    .init(LDAWA.self) { $0 },
  ])
