import Tensors

/// Which clients take part in a round: a share of all, uniform without replacement, a function of
/// the seed and the round alone.
public struct Selection: Sendable {
  public let clients: Int
  /// How many take part: the share, rounded, and at least 1.
  public let count: Int
  private let seed: UInt64

  /// - Parameter participation: above 0, at most 1.
  public init(clients: Int, participation: Double, seed: UInt64) {
    precondition(clients > 0 && participation > 0 && participation <= 1)
    self.clients = clients
    self.seed = seed
    count = max(1, Int((participation * Double(clients)).rounded()))
  }

  /// The round's clients, ascending.
  public func clients(round: Int) -> [Int] {
    var random = RandomStream(seed: seed, purpose: .selection, round: round)
    return random.permutation(clients).prefix(count).sorted()
  }
}
