import Catalogues

/// Yogi at the server (`AdaptiveServer`): v ← v − (1 − β₂) Δ² sign(v − Δ²), which falls slower than
/// Adam's where changes become small.
public struct FedYogi: PlugIn, AdaptiveServer {
  public typealias Options = TwoMomentOptions

  public static let name = "fedyogi"
  public static let summary = "Yogi at the server, on the clients' mean change"
  public static var defaults: Options { Options() }
  public static let meanings = AdaptiveStep.meanings.merging(
    ["beta2": "how slowly its square follows"]) { $1 }

  let step: AdaptiveStep
  private let beta2: Float

  public init(_ options: Options) throws {
    step = try AdaptiveStep(beta1: options.beta1, tau: options.tau, rate: options.rate)
    try ConfigurationError.fraction("beta2", options.beta2)
    beta2 = Float(options.beta2)
  }

  func second(_ v: Float, _ change: Float) -> Float {
    let square = change * change
    let step = (1 - beta2) * square
    return v > square ? v - step : v < square ? v + step : v
  }
}
