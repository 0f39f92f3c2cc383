import Catalogues
import Tensors

/// Adam at the server (Reddi et al., ICLR 2021, arXiv 2003.00295, Algorithm 2): with the mean's
/// change Δ, m ← β₁ m + (1 − β₁) Δ, v ← β₂ v + (1 − β₂) Δ² and w ← w + η m / (√v + τ), from m = 0
/// and v = τ², without correction of the moments' bias.
///
/// The mean is weighted by samples, as in its authors' experiments. BatchNorm's running statistics
/// are the mean's.
public struct FedAdam: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    public var beta1 = 0.9
    public var beta2 = 0.99
    /// How adaptive it is: the smaller, the more.
    public var tau = 1e-3
    /// The server's learning rate η.
    public var rate = 0.1
  }

  public static let name = "fedadam"
  public static let summary = "Adam at the server, on the clients' mean change"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "beta1": "how much of the mean change stays from round to round",
    "beta2": "the same of its square",
    "tau": "how adaptive it is: the smaller, the more",
    "rate": "the server's learning rate",
  ]

  private let beta1: Float
  private let beta2: Float
  private let tau: Float
  private let rate: Float

  public init(_ options: Options) throws {
    try ConfigurationError.fraction("beta1", options.beta1)
    try ConfigurationError.fraction("beta2", options.beta2)
    try ConfigurationError.positive("tau", options.tau)
    try ConfigurationError.positive("rate", options.rate)
    beta1 = Float(options.beta1)
    beta2 = Float(options.beta2)
    tau = Float(options.tau)
    rate = Float(options.rate)
  }

  public func channels(_ model: ParameterLayout) -> Channels {
    Channels(server: ["first": model, "second": model])
  }

  public func start(_ state: [String: ParameterVector]) {
    state["second"]?.floats.update(repeating: tau * tau)
  }

  public func finish(_ round: ServerRound) {
    let (first, second) = (round["first"].floats, round["second"].floats)
    round.move { i, change in
      first[i] = beta1 * first[i] + (1 - beta1) * change
      second[i] = beta2 * second[i] + (1 - beta2) * change * change
      return rate * first[i] / (second[i].squareRoot() + tau)
    }
  }
}
