import Catalogues
import Tensors

/// The adaptive optimizers at the server (Reddi et al., ICLR 2021, arXiv 2003.00295, Algorithm 2):
/// with the mean's change Δ, m ← β₁ m + (1 − β₁) Δ and w ← w + η m / (√v + τ), from m = 0 and
/// v = τ², without correction of the moments' bias. They differ in v alone.
///
/// The mean is weighted by samples, as in its authors' experiments. BatchNorm's running statistics
/// are the mean's.
protocol AdaptiveServer: Aggregator {
  var step: AdaptiveStep { get }

  /// The next v, of the last one and Δ.
  func second(_ v: Float, _ change: Float) -> Float
}

/// The options of FedAdam and FedYogi, whose v fades.
public struct TwoMomentOptions: Codable, Sendable {
  public var beta1 = 0.9
  public var beta2 = 0.99
  /// How adaptive it is: the smaller, the more.
  public var tau = 1e-3
  /// The server's learning rate η.
  public var rate = 0.1
}

/// What their steps have in common.
struct AdaptiveStep: Sendable {
  let beta1: Float
  let tau: Float
  let rate: Float

  /// - Parameters:
  ///   - beta1: how much of the mean change stays from round to round, β₁.
  ///   - tau: how adaptive it is: the smaller, the more.
  ///   - rate: the server's learning rate η.
  init(beta1: Double, tau: Double, rate: Double) throws {
    try ConfigurationError.fraction("beta1", beta1)
    try ConfigurationError.positive("tau", tau)
    try ConfigurationError.positive("rate", rate)
    self.beta1 = Float(beta1)
    self.tau = Float(tau)
    self.rate = Float(rate)
  }

  static let meanings = [
    "beta1": "how much of the mean change stays from round to round",
    "tau": "how adaptive it is: the smaller, the more",
    "rate": "the server's learning rate",
  ]
}

extension AdaptiveServer {
  public func channels(_ model: ParameterLayout, target: ParameterLayout?) -> Channels {
    Channels(server: ["first": model, "second": model])
  }

  public func start(_ state: [String: ParameterVector]) {
    state["second"]?.floats.update(repeating: step.tau * step.tau)
  }

  public func finish(_ round: ServerRound) {
    let (first, second) = (round["first"].floats, round["second"].floats)
    let step = step
    round.move { i, change in
      first[i] = step.beta1 * first[i] + (1 - step.beta1) * change
      second[i] = self.second(second[i], change)
      return step.rate * first[i] / (second[i].squareRoot() + step.tau)
    }
  }
}
