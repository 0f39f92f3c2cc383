import Foundation
import Training

/// What one client's training came to, for the report.
public struct ClientFigures: Codable, Sendable {
  public let client: Int
  public let samples: Int
  public let steps: Int
  public let views: Int
  /// The batches' losses, by modality.
  public let losses: [String: LossSum]
  /// The seal of the file that has what the client keeps; nil where it keeps nothing.
  let seal: String?
  /// What is wrong with a client that was left out of the round's sum; nil of all others.
  public let divergence: String?
  /// From loading the client to its part of the sum.
  public let seconds: Double
  /// The algorithm's numbers, as bytes: text would need care to have the same bits.
  private let numbers: Data
  /// The same of `squaredLengths`.
  private let squares: Data

  /// Whether it had nothing to train, so that its model is the global one.
  var isUntrained: Bool { steps == 0 && divergence == nil }

  /// The algorithm's numbers for rank 0.
  var payload: [Float] { Self.values(numbers) }
  /// Of its change of each layer, where drift is measured.
  var squaredLengths: [Double] { Self.values(squares) }

  private static func values<Value: BitwiseCopyable>(_ data: Data) -> [Value] {
    data.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Value>.stride).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.stride, as: Value.self)
      }
    }
  }

  init(
    client: Int, samples: Int, update: LocalUpdate, payload: [Float] = [],
    squaredLengths: [Double] = [], seal: String? = nil, divergence: String? = nil, seconds: Double
  ) {
    self.client = client
    self.samples = samples
    steps = update.steps
    views = update.views
    losses = update.losses
    self.seal = seal
    self.divergence = divergence
    self.seconds = seconds
    numbers = payload.withUnsafeBytes { Data($0) }
    squares = squaredLengths.withUnsafeBytes { Data($0) }
  }
}

/// One round, as rank 0 sees it.
public struct RoundReport: Sendable {
  /// Counted from 1.
  public let round: Int
  /// In ascending order of client.
  public let clients: [ClientFigures]
  /// Mean loss over the round's batches, by modality; only modalities that had any.
  public let losses: [String: Double]
  /// Wall time of the phases in order: "broadcast", "training", "sum", "server".
  public let seconds: [String: Double]
  /// The share of the workers' time in the training phase in which they had nothing to train.
  public let idleShare: Double
  /// Of each rank that trains: its seconds of the training phase without a client to train.
  public let idleSeconds: [Int: Double]
  /// Model traffic: a Float32 broadcast to each other rank, and an Int64 sum from each other one,
  /// or from each other group of ranks that have one sum.
  public let bytes: Int
  /// How far the clients went apart, by layer; empty where it is not measured.
  public let drift: [LayerDrift]

  public var steps: Int { clients.reduce(0) { $0 + $1.steps } }
  public var views: Int { clients.reduce(0) { $0 + $1.views } }
  public var clientsWithoutSteps: Int { clients.count { $0.isUntrained } }
  /// Clients whose training ran away, and which have no part in the round.
  public var clientsLeftOut: [ClientFigures] { clients.filter { $0.divergence != nil } }
  public var totalSeconds: Double { RoundReport.phases.reduce(0) { $0 + (seconds[$1] ?? 0) } }

  public static let phases = ["broadcast", "training", "sum", "server"]

  /// Losses are added in the clients' order, so that they do not depend on who trained whom.
  static func meanLosses(_ clients: [ClientFigures]) -> [String: Double] {
    var totals: [String: LossSum] = [:]
    for client in clients {
      for (modality, losses) in client.losses { totals[modality, default: LossSum()] += losses }
    }
    return totals.compactMapValues(\.mean)
  }
}
