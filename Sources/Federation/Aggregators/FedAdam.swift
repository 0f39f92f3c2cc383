import Catalogues

/// Adam at the server (`AdaptiveServer`): v ← β₂ v + (1 − β₂) Δ².
public struct FedAdam: PlugIn, AdaptiveServer {
  public typealias Options = TwoMomentOptions

  public static let name = "fedadam"
  public static let summary = "Adam at the server, on the clients' mean change"
  public static var defaults: Options { Options() }
  public static let meanings = AdaptiveStep.meanings.merging(
    ["beta2": "how much of its square stays"]) { $1 }

  let step: AdaptiveStep
  private let beta2: Float

  public init(_ options: Options) throws {
    step = try AdaptiveStep(beta1: options.beta1, tau: options.tau, rate: options.rate)
    try ConfigurationError.fraction("beta2", options.beta2)
    beta2 = Float(options.beta2)
  }

  func second(_ v: Float, _ change: Float) -> Float {
    beta2 * v + (1 - beta2) * change * change
  }
}
