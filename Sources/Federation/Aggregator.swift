import Catalogues
import Tensors
import Training

/// A federated algorithm: what a client does beside its local training, and how the clients' models
/// become the next global model.
///
/// It is two halves that meet in what is sent. The one that runs where a client trains is
/// `LocalRule`; it sees a `LocalState`. `finish` is rank 0's; it sees a `ServerRound`, which no
/// other rank has. The value itself holds options alone: what is carried from round to round lies
/// in the vectors that `channels` names, and in checkpoints. An aggregator is one file in
/// `Aggregators/` and one line in `aggregators`.
public protocol Aggregator: LocalRule {
  /// The vectors that the algorithm has beside the model. Throws `ConfigurationError` where it
  /// cannot be used with such a model.
  /// - Parameter target: the layout of the method's second network; nil where it has none.
  func channels(_ model: ParameterLayout, target: ParameterLayout?) throws -> Channels

  /// Throws `ConfigurationError` where it cannot be used with data of these modalities.
  func check(modalities: [String]) throws

  /// What weighs a round's clients by each other, once all have trained; nil where each one's
  /// weights are known as it ends.
  var mixing: (any Mixing)? { get }

  /// What rank 0 trains by itself, on samples with labels; nil where nothing.
  var serverTraining: ServerTraining? { get }

  /// Rank 0, where the server trains: makes of a fresh model what the first round begins with.
  func prepare(_ global: ParameterVector, _ server: any ServerTrainer) throws

  /// Rank 0: gives its vectors, which are zero, their values before the first round.
  func start(_ state: [String: ParameterVector])

  /// Rank 0: makes `round.global` the next global model.
  func finish(_ round: ServerRound) throws
}

extension Aggregator {
  public func channels(_ model: ParameterLayout, target: ParameterLayout?) throws -> Channels {
    Channels()
  }
  public func check(modalities: [String]) throws {}
  public var mixing: (any Mixing)? { nil }
  public var serverTraining: ServerTraining? { nil }
  public func prepare(_ global: ParameterVector, _ server: any ServerTrainer) {}
  public func start(_ state: [String: ParameterVector]) {}
  public func finish(_ round: ServerRound) { round.takeMean() }
}

/// Which vectors an algorithm has beside the model, by name, with their layouts: known before a
/// run, the same on every rank. What is not named here takes no memory, time or traffic.
public struct Channels: Sendable, Equatable {
  /// Rank 0's from round to round: saved in checkpoints.
  public var server: [String: ParameterLayout]
  /// Those of rank 0's vectors that every rank receives with the model.
  public var broadcast: Set<String>
  /// What the clients send to be summed exactly.
  public var sent: [String: ParameterLayout]
  /// What a client keeps from one of its rounds to its next, in a file of the run's folder.
  public var kept: [String: ParameterLayout]

  public init(
    server: [String: ParameterLayout] = [:], broadcast: Set<String> = [],
    sent: [String: ParameterLayout] = [:], kept: [String: ParameterLayout] = [:]
  ) {
    precondition(broadcast.isSubset(of: server.keys), "broadcast of what rank 0 does not have")
    self.server = server
    self.broadcast = broadcast
    self.sent = sent
    self.kept = kept
  }

  /// Layouts of what is broadcast.
  public var received: [String: ParameterLayout] { server.filter { broadcast.contains($0.key) } }

  /// Values in all of these layouts.
  public static func count(_ layouts: [String: ParameterLayout]) -> Int {
    layouts.values.reduce(0) { $0 + $1.count }
  }
}

/// What rank 0 makes the next global model of.
public struct ServerRound {
  /// Counted from 1.
  public let round: Int
  /// The model that the round started from; to become the next one.
  public let global: ParameterVector
  /// Of the clients' weighted models.
  let sum: ExactSum
  /// The sums of what else they sent, by name.
  public let sent: [String: ParameterVector]
  /// The share of the round's samples that is in these sums: 1, unless clients were left out.
  public let share: Double
  /// By modality, the same share of the round's samples of it; nothing where no sample is in.
  public let modalityShares: [String: Double]
  /// Each client's numbers, in the clients' order; of those that trained.
  public let payloads: [(client: Int, values: [Float])]
  /// Rank 0's vectors, to be changed in place.
  public let state: [String: ParameterVector]
  /// Who trains on the server's samples, where it has some.
  public let server: (any ServerTrainer)?

  /// A vector of `state`.
  public subscript(name: String) -> ParameterVector {
    guard let vector = state[name] else { preconditionFailure("no server vector '\(name)'") }
    return vector
  }

  /// The clients' mean: the sum of their weighted models over the share that is in it.
  public func mean() -> ParameterVector { sum.vector(times: 1 / share) }

  /// The sum of the clients' changes, and of their running statistics, as `Mixing` weighed them.
  public func mixed() -> ParameterVector { sum.vector() }

  /// Makes that mean the next global model.
  public func takeMean() { sum.copy(to: global, times: 1 / share) }

  /// Makes the next global model, parameter by parameter, of means over shares of their own: what
  /// the weights of those who are in the sum add up to. Without a share the parameter stays.
  public func takeMean(over share: (_ entry: ParameterLayout.Entry) -> Double?) {
    for entry in global.layout.entries {
      guard let share = share(entry) else { continue }
      sum.copy(entry, to: global, times: 1 / share)
    }
  }

  /// Moves each trainable value of `global` by what `step` makes of its place and of its change,
  /// the mean less the value. Running statistics, which no step is meant for, become the mean's.
  public func move(_ step: (_ place: Int, _ change: Float) -> Float) {
    let mean = mean()
    defer { withExtendedLifetime(mean) {} }
    let (values, means) = (global.floats, mean.floats)
    for entry in global.layout.entries {
      if entry.trainable {
        for i in entry.range { values[i] += step(i, means[i] - values[i]) }
      } else {
        for i in entry.range { values[i] = means[i] }
      }
    }
  }
}

public let aggregators = Catalogue<any Aggregator>(
  "aggregator",
  [
    .init(FedAvg.self) { $0 },
    .init(LDAWA.self) { $0 },
    .init(EUA.self) { $0 },
    .init(FedAdagrad.self) { $0 },
    .init(FedAdam.self) { $0 },
    .init(FedAnchor.self) { $0 },
    .init(FedAvgM.self) { $0 },
    .init(FedBN.self) { $0 },
    .init(FedEMA.self) { $0 },
    .init(FedNova.self) { $0 },
    .init(FedProx.self) { $0 },
    .init(FedU.self) { $0 },
    .init(FedYogi.self) { $0 },
    .init(Modalitywise.self) { $0 },
    .init(Orchestra.self) { $0 },
    .init(SCAFFOLD.self) { $0 },
  ])
