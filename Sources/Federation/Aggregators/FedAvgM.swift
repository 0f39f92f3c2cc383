import Catalogues
import Tensors

/// Federated averaging with momentum at the server (Hsu et al. 2019, arXiv 1909.06335, §4.3): with
/// the mean's change Δ, v ← β v + Δ and w ← w + η v, from v = 0. Its authors have no rate η, which
/// is 1.
///
/// BatchNorm's running statistics are the mean's: a momentum could carry a variance below 0.
public struct FedAvgM: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// How much of the last rounds' change goes on, β.
    public var momentum = 0.9
    /// The server's learning rate η.
    public var rate = 1.0
  }

  public static let name = "fedavgm"
  public static let summary = "FedAvg with momentum at the server"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "momentum": "how much of the last rounds' change goes on",
    "rate": "the server's learning rate",
  ]

  private let momentum: Float
  private let rate: Float

  public init(_ options: Options) throws {
    try ConfigurationError.fraction("momentum", options.momentum)
    try ConfigurationError.positive("rate", options.rate)
    momentum = Float(options.momentum)
    rate = Float(options.rate)
  }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) -> Channels {
    Channels(server: ["velocity": model])
  }

  public func finish(_ round: ServerRound) {
    let velocity = round["velocity"].floats
    round.move { i, change in
      velocity[i] = momentum * velocity[i] + change
      return rate * velocity[i]
    }
  }
}
