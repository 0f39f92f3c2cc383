/// An algorithm that weighs a round's clients by how their changes lie to each other, which nobody
/// knows before the last of them has trained.
///
/// What a client makes of the model lies in a file until then (`HeldModels`). The ranks compute the
/// changes' inner products, rank 0 asks for the weights, and the clients are added to the round's
/// sum as always, exactly. `ServerRound.mixed` has that sum. A client that trained no step has no
/// part in it.
public protocol Mixing: Sendable {
  /// Rank 0: what each client's change is multiplied by.
  func mix(_ changes: Changes) -> [MixedPart]
}

/// How the changes that a round's clients made of the model's trainable parameters lie to each
/// other.
public struct Changes: Sendable {
  /// The clients' shares of the round's samples, in the clients' order.
  public let shares: [Double]
  /// Inner products, each in Float64 and in the parameters' order: of client i's and client j's.
  public let products: [[Double]]

  public init(shares: [Double], products: [[Double]]) {
    precondition(products.count == shares.count, "\(products.count) of \(shares.count) clients")
    self.shares = shares
    self.products = products
  }
}

/// A client's part in a sum of changes.
public struct MixedPart: Sendable, Equatable {
  /// What its change is multiplied by, before it is rounded to Float32 and weighed.
  public var scale: Double
  /// The weight of its change then; at most 1, as are all clients' together.
  public var weight: Double
  /// The weight of its running statistics, likewise; those are no changes.
  public var statistics: Double

  public init(scale: Double, weight: Double, statistics: Double) {
    self.scale = scale
    self.weight = weight
    self.statistics = statistics
  }
}
