import Catalogues
import Foundation
import Tensors

/// Label skew: for each class c, p_c ~ Dirichlet(α, …, α) over the clients, and the class's
/// samples, shuffled, go out by p_c (Hsu et al., arXiv 1909.06335; Yurochkin et al., arXiv
/// 1905.12022). Shares become counts by largest remainder, so that every sample goes to exactly one
/// client.
public struct Dirichlet: Partitioner, PlugIn {
  public struct Options: Codable, Sendable {
    /// The concentration.
    public var alpha = 0.1
  }

  public static let name = "dirichlet"
  public static let summary = "shares of each class drawn from Dirichlet(alpha) over the clients"
  public static let defaults = Options()
  public static let meanings = [
    "alpha": "small: each client sees few classes; large: all see the same mixture"
  ]
  private let alpha: Double

  public init(_ options: Options) throws {
    try checkConcentration(options.alpha)
    alpha = options.alpha
  }

  public func assign(_ samples: PartitionInput) -> [Int] {
    var assignment = [Int](repeating: 0, count: samples.labels.count)
    for (label, own) in samples.samplesByClass().enumerated() where !own.isEmpty {
      var stream = samples.stream(ofClass: label)
      let counts = largestRemainder(shares(samples.clients, &stream), total: own.count)
      let order = stream.permutation(own.count)
      var next = 0
      for (client, count) in counts.enumerated() {
        for place in next..<next + count { assignment[own[order[place]]] = client }
        next += count
      }
    }
    return assignment
  }

  /// One draw of Dirichlet(α, …, α): independent Gamma(α) draws, normalised.
  private func shares(_ count: Int, _ random: inout RandomStream) -> [Double] {
    let logarithms = (0..<count).map { _ in random.logGamma(alpha) }
    let largest = logarithms.max() ?? 0
    let weights = logarithms.map { exp($0 - largest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}

/// Throws where α is none that draws are made of.
func checkConcentration(_ alpha: Double) throws(ConfigurationError) {
  guard (1e-3...1e5).contains(alpha) else {
    throw ConfigurationError("alpha", "\(alpha) is outside 0.001 to 100000")
  }
}
