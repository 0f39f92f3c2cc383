import Catalogues
import Foundation
import Tensors

/// Label skew: for each class c, p_c ~ Dirichlet(α, …, α) over the clients, and the class's samples,
/// shuffled, go out by p_c (Hsu et al., arXiv 1909.06335; Yurochkin et al., arXiv 1905.12022).
/// Shares become counts by largest remainder, so that every sample goes to exactly one client.
public struct Dirichlet: Partitioner, PlugIn {
  public struct Options: Codable, Sendable {
    /// Small: each client sees few classes. Large: all see the same mixture.
    public var alpha = 0.1
  }

  public static let name = "dirichlet"
  public static let summary = "shares of each class drawn from Dirichlet(alpha) over the clients"
  public static let defaults = Options()
  private let alpha: Double

  public init(_ options: Options) throws {
    guard options.alpha >= 1e-3, options.alpha <= 1e5 else {
      throw ConfigurationError("alpha", "\(options.alpha) is not between 0.001 and 100000")
    }
    alpha = options.alpha
  }

  public func assign(
    labels: [Int32], classes: Int, clients: Int, random: (_ label: Int) -> RandomStream
  ) -> [Int] {
    var assignment = [Int](repeating: 0, count: labels.count)
    var members = [[Int]](repeating: [], count: classes)
    for (index, label) in labels.enumerated() { members[Int(label)].append(index) }
    for (label, own) in members.enumerated() where !own.isEmpty {
      var stream = random(label)
      let counts = largestRemainder(shares(clients, &stream), total: own.count)
      let order = stream.permutation(own.count)
      var next = 0
      for (client, count) in counts.enumerated() {
        for place in next..<next + count { assignment[own[order[place]]] = client }
        next += count
      }
    }
    return assignment
  }

  /// One draw of Dirichlet(α, …, α): independent Gamma(α) draws, normalised. They are kept as
  /// logarithms: at α = 0.001 nearly all of them are below the smallest Double.
  private func shares(_ count: Int, _ random: inout RandomStream) -> [Double] {
    let logarithms = (0..<count).map { _ in logGamma(&random) }
    let largest = logarithms.max() ?? 0
    let weights = logarithms.map { exp($0 - largest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The logarithm of a Gamma(α, 1) draw, by Marsaglia and Tsang (2000). For α < 1, Gamma(α) is
  /// Gamma(α + 1) · U^(1/α).
  private func logGamma(_ random: inout RandomStream) -> Double {
    let boosted = alpha < 1 ? alpha + 1 : alpha
    let d = boosted - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = random.normal()
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      let u = 1 - random.uniformDouble()  // never 0
      guard log(u) < 0.5 * x * x + d - d * cube + d * log(cube) else { continue }
      let draw = log(d) + log(cube)
      return alpha < 1 ? draw + log(1 - random.uniformDouble()) / alpha : draw
    }
  }
}
