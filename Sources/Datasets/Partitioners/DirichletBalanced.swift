import Catalogues
import Foundation
import Tensors

/// Label skew with clients of equal size, as Orchestra's sampler has it (akhilmathurs/orchestra,
/// sampler.py, `use_balance`, its default): shares of each class drawn from Dirichlet(α, …, α) over
/// the clients, then scaled until all clients have the same number of samples and each class is
/// given out whole (Sinkhorn and Knopp 1967), which is the nearest matrix in relative entropy.
///
/// Differences from its code: it scales rows and columns at once, 100 times, and to equal sizes of
/// classes; here they are scaled in turn until it is done, and to the sizes that the classes have.
/// Of equal classes both have the same limit. It rounds down, which loses up to a sample for each
/// client and class; here every sample has a client, and sizes differ by 1 at most. It takes the
/// samples of a class in their order, here they are shuffled. Shares are kept as logarithms, as
/// small α need it.
public struct DirichletBalanced: Partitioner, PlugIn {
  public struct Options: Codable, Sendable {
    /// The concentration.
    public var alpha = 0.1
  }

  public static let name = "dirichlet-balanced"
  public static let summary = "Dirichlet shares scaled so that clients have equal size (Orchestra)"
  public static let defaults = Options()
  public static let meanings = [
    "alpha": "small: each client sees few classes; large: all see the same mixture"
  ]
  private let alpha: Double

  /// Where α is so small that hardly a share is left beside the largest, scaling takes for ever;
  /// what it has not brought about, rounding does.
  private static let mostScalings = 1_000
  /// Samples by which a class may miss its size.
  private static let tolerance = 1e-3

  public init(_ options: Options) throws {
    try checkConcentration(options.alpha)
    alpha = options.alpha
  }

  public func assign(_ samples: PartitionInput) -> [Int] {
    let members = samples.samplesByClass()
    let sizes = members.map(\.count)
    var streams = members.indices.map(samples.stream(ofClass:))
    let shares = members.indices.map { label in
      (0..<samples.clients).map { _ in streams[label].logGamma(alpha) }
    }
    let counts = Self.rounded(
      Self.balanced(shares, sizes: sizes), sizes: sizes, clients: samples.clients)
    var assignment = [Int](repeating: 0, count: samples.labels.count)
    for (label, own) in members.enumerated() {
      let order = streams[label].permutation(own.count)
      var next = 0
      for (client, count) in counts[label].enumerated() {
        for place in next..<next + count { assignment[own[order[place]]] = client }
        next += count
      }
    }
    return assignment
  }

  /// Shares scaled by class and by client so that each class has its size and all clients have the
  /// same.
  /// - Parameter shares: logarithms, [classes][clients]; their scale is of no account.
  /// - Returns: numbers of samples, [classes][clients].
  static func balanced(_ shares: [[Double]], sizes: [Int]) -> [[Double]] {
    let clients = shares.first?.count ?? 0
    let present = sizes.indices.filter { sizes[$0] > 0 }
    let clientSize = Double(sizes.reduce(0, +)) / Double(max(1, clients))
    // Logarithms of the factors.
    var byClass = [Double](repeating: 0, count: sizes.count)
    var byClient = [Double](repeating: 0, count: clients)
    for _ in 0..<mostScalings {
      var worst = 0.0
      for label in present {
        let own = shares[label]
        let sum = logSum(clients) { own[$0] + byClient[$0] }
        let factor = log(Double(sizes[label])) - sum
        worst = max(worst, abs(exp(byClass[label] - factor) - 1) * Double(sizes[label]))
        byClass[label] = factor
      }
      if worst < tolerance { break }
      for client in 0..<clients {
        let sum = logSum(present.count) { shares[present[$0]][client] + byClass[present[$0]] }
        byClient[client] = log(clientSize) - sum
      }
    }
    return sizes.indices.map { label in
      (0..<clients).map { client in
        sizes[label] > 0 ? exp(shares[label][client] + byClass[label] + byClient[client]) : 0
      }
    }
  }

  /// Whole numbers near those given, with every class given out and the sizes of clients 1 apart at
  /// most. None is above its class or its client; rounded down, the largest remainders get one more
  /// as long as their class and client have room, and what is left of a class fills clients in
  /// turn.
  static func rounded(_ numbers: [[Double]], sizes: [Int], clients: Int) -> [[Int]] {
    let total = sizes.reduce(0, +)
    var room = (0..<clients).map { total / clients + ($0 < total % clients ? 1 : 0) }
    var left = sizes
    var numbers = numbers
    for label in sizes.indices {
      let factor = min(1, Double(sizes[label]) / numbers[label].reduce(0, +))
      for client in 0..<clients where sizes[label] > 0 { numbers[label][client] *= factor }
    }
    for client in 0..<clients {
      let factor = min(1, Double(room[client]) / numbers.reduce(0) { $0 + $1[client] })
      for label in sizes.indices where factor < 1 { numbers[label][client] *= factor }
    }
    var counts = numbers.map { $0.map { Int($0) } }
    func give(_ count: Int, of label: Int, to client: Int) {
      counts[label][client] += count
      left[label] -= count
      room[client] -= count
    }
    var rest: [(share: Double, label: Int, client: Int)] = []
    for label in sizes.indices {
      for client in 0..<clients {
        let count = counts[label][client]
        left[label] -= count
        room[client] -= count
        rest.append((numbers[label][client] - Double(count), label, client))
      }
    }
    for (_, label, client) in rest.sorted(by: {
      ($1.share, $0.label, $0.client) < ($0.share, $1.label, $1.client)
    })
    where left[label] > 0 && room[client] > 0 {
      give(1, of: label, to: client)
    }
    for label in sizes.indices {
      for client in 0..<clients where left[label] > 0 && room[client] > 0 {
        give(min(left[label], room[client]), of: label, to: client)
      }
    }
    return counts
  }

  /// log Σ exp(x_i), however small the x_i are.
  private static func logSum(_ count: Int, _ x: (Int) -> Double) -> Double {
    var largest = -Double.infinity
    for index in 0..<count { largest = max(largest, x(index)) }
    var sum = 0.0
    for index in 0..<count { sum += exp(x(index) - largest) }
    return largest + log(sum)
  }
}
