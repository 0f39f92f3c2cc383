import Catalogues

/// Adagrad at the server (`AdaptiveServer`): v ← v + Δ². Its authors take β₁ = 0.
public struct FedAdagrad: PlugIn, AdaptiveServer {
  public struct Options: Codable, Sendable {
    public var beta1 = 0.0
    /// How adaptive it is: the smaller, the more.
    public var tau = 1e-3
    /// The server's learning rate η.
    public var rate = 0.1
  }

  public static let name = "fedadagrad"
  public static let summary = "Adagrad at the server, on the clients' mean change"
  public static var defaults: Options { Options() }
  public static let meanings = AdaptiveStep.meanings

  let step: AdaptiveStep

  public init(_ options: Options) throws {
    step = try AdaptiveStep(beta1: options.beta1, tau: options.tau, rate: options.rate)
  }

  func second(_ v: Float, _ change: Float) -> Float { v + change * change }
}
