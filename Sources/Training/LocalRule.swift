import Tensors

/// The half of a federated algorithm that runs where a client trains: a value, the same on every
/// rank. What it does depends on its arguments alone. Every requirement has a default; together
/// they are federated averaging's.
public protocol LocalRule: Sendable {
  /// Before a client's first step. Its model and its target are the global model's values here, and
  /// may be changed.
  func begin(_ state: LocalState) throws

  /// Whether clients train in a round. In another they see each sample once, at a rate of 0, which
  /// fills the method's memory.
  func trains(in round: Int) -> Bool

  /// Whether `correct` does anything: what is not used costs nothing.
  var correctsGradients: Bool { get }

  /// Between a step's backward pass and the optimizer: changes a part of the gradient. A step calls
  /// it with parts that cover all trainable parameters, on several threads at once.
  func correct(_ gradient: ParameterVector, _ state: LocalState, in part: Range<Int>)

  /// After a client's last step: what it sends to rank 0 and what it keeps.
  func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome

  /// The weight of each entry of the global model where a client trained no step: it sends that
  /// model and keeps what it had. There may be very many such clients.
  func weights(untrained global: ParameterVector, _ terms: ClientTerms) -> [Double]
}

extension LocalRule {
  public func begin(_ state: LocalState) {}
  public func trains(in round: Int) -> Bool { true }
  public var correctsGradients: Bool { false }
  public func correct(_ gradient: ParameterVector, _ state: LocalState, in part: Range<Int>) {}

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    ClientOutcome(model: Contribution(state.model, weight: terms.share))
  }

  public func weights(untrained global: ParameterVector, _ terms: ClientTerms) -> [Double] {
    [Double](repeating: terms.share, count: global.layout.entries.count)
  }
}

/// What is known of a client's part in a round before anything is trained.
public struct ClientTerms: Sendable {
  public let round: Int
  public let client: Int
  /// The client's samples over those of all selected clients, βq.
  public let share: Double
  /// By modality, the client's samples of it over those of all selected clients; nothing of a
  /// modality of which the client has none.
  public let modalityShares: [String: Double]
  /// How many clients the round has.
  public let clients: Int
  /// How many there are in all.
  public let population: Int

  public init(
    round: Int, client: Int, share: Double, modalityShares: [String: Double] = [:], clients: Int,
    population: Int
  ) {
    self.round = round
    self.client = client
    self.share = share
    self.modalityShares = modalityShares
    self.clients = clients
    self.population = population
  }
}

/// A vector on its way into an exact sum, with a weight for each entry of its layout. Each weight
/// is at most 1 in size, and an entry's weights over a round's clients at most 1 together.
public struct Contribution {
  public let vector: ParameterVector
  public let weights: [Double]

  public init(_ vector: ParameterVector, weights: [Double]) {
    precondition(weights.count == vector.layout.entries.count, "\(weights.count) weights")
    self.vector = vector
    self.weights = weights
  }

  /// With one weight for all entries.
  public init(_ vector: ParameterVector, weight: Double) {
    self.init(vector, weights: [Double](repeating: weight, count: vector.layout.entries.count))
  }
}

/// What a client leaves behind.
public struct ClientOutcome {
  /// Its model, as it enters the next global one.
  public var model: Contribution
  /// Vectors that are summed beside the model, by name.
  public var sent: [String: Contribution]
  /// A few numbers for rank 0, which gets them by client.
  public var payload: [Float]
  /// What the client finds again when it trains next, by name.
  public var kept: [String: ParameterVector]

  public init(
    model: Contribution, sent: [String: Contribution] = [:], payload: [Float] = [],
    kept: [String: ParameterVector] = [:]
  ) {
    self.model = model
    self.sent = sent
    self.payload = payload
    self.kept = kept
  }
}
