import Catalogues
import Tensors
import Training

/// FedU²'s efficient unified aggregator (Liao et al., CVPR 2024): the model takes a step that suits
/// all clients, not the mean of theirs. Each client's change is brought to one length, and the
/// model moves by the rate times the shortest convex combination of them (`MinimumNorm`), so by
/// rate · length at most. Running statistics are the mean by samples.
///
/// As the authors' code has it (commons/mtl.py, fedU2/server.py), with their command's rate, not
/// their function's 0.1; its clients weigh by batches, as shares to a power (their 1 / T).
///
/// Its faults are not copied: with two clients it takes their shares for the shortest combination,
/// and where its steps run out it fails; a client without a step, or whose model did not move,
/// makes all of its weights no numbers. Here those have no part.
public struct EUA: PlugIn, Aggregator, Mixing {
  public struct Options: Codable, Sendable {
    /// The server's learning rate.
    public var rate = 8.0
    /// The l2 norm to which each client's change is brought.
    public var length = 2.0
    /// The most steps towards the shortest combination.
    public var steps = 20
    /// The power of the clients' shares where that begins, and in the mean of running statistics.
    public var sharpness = 1
  }

  public static let name = "eua"
  public static let summary = "FedU²'s EUA: the shortest mix of the clients' changes"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "rate": "the server's learning rate",
    "length": "the l2 norm to which each client's change is brought",
    "steps": "most steps of descent towards the shortest combination",
    "sharpness": "power of the shares where it begins, and in the mean of running statistics",
  ]

  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.positive("rate", options.rate)
    try ConfigurationError.check("length", options.length, in: 1e-6...1e6)
    try ConfigurationError.check("steps", options.steps, in: 1...1_000_000)
    try ConfigurationError.check("sharpness", options.sharpness, in: 1...1000)
    self.options = options
  }

  public var mixing: (any Mixing)? { self }

  /// A client without a step has none, of its running statistics neither.
  public func weights(untrained global: ParameterVector, _ terms: ClientTerms) -> [Double] {
    [Double](repeating: 0, count: global.layout.entries.count)
  }

  public func mix(_ changes: Changes) -> [MixedPart] {
    let lengths = changes.products.indices.map { changes.products[$0][$0].squareRoot() }
    let moved = lengths.indices.filter { lengths[$0] > 0 }
    let scales = lengths.map { $0 > 0 ? options.length / $0 : 0 }
    let weights = MinimumNorm(steps: options.steps).weights(
      moved.map { i in moved.map { j in changes.products[i][j] * scales[i] * scales[j] } },
      from: sharpened(moved.map { changes.shares[$0] }))
    var parts = zip(scales, sharpened(changes.shares)).map {
      MixedPart(scale: $0, weight: 0, statistics: $1)
    }
    for (place, weight) in zip(moved, weights) { parts[place].weight = min(weight, 1) }
    return parts
  }

  /// Shares to the power, which add up to 1. Multiplied, since a library's powers are the
  /// processor's.
  private func sharpened(_ shares: [Double]) -> [Double] {
    guard let most = shares.max() else { return [] }
    let powers = shares.map { share in
      (0..<options.sharpness).reduce(1) { power, _ in power * (share / most) }
    }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  public func finish(_ round: ServerRound) {
    // Nobody trained.
    guard !round.payloads.isEmpty else { return }
    let mixed = round.mixed()
    let rate = Float(options.rate)
    for entry in round.global.layout.entries {
      let (values, own) = (round.global[entry.range], mixed[entry.range])
      for i in 0..<values.count {
        values[i] = entry.trainable ? values[i] + rate * own[i] : own[i]
      }
    }
    withExtendedLifetime(mixed) {}
  }
}
