import Catalogues
import Tensors
import Training

/// Federated averaging with a proximal term (Li et al., MLSys 2020, arXiv 1812.06127, eq. 2): a
/// client minimises F(w) + μ/2 ‖w − w_global‖², so that μ (w − w_global) is added to each step's
/// gradient.
///
/// The optimizer of the job sees that gradient; weight decay is its own, beside the term. What the
/// method adds to the encoder is held too, BatchNorm's running statistics are not.
public struct FedProx: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// How strongly a client's model is held near the global one; with 0 it is FedAvg.
    public var mu = 0.01
  }

  public static let name = "fedprox"
  public static let summary = "FedAvg whose clients are held near the global model"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "mu": "how strongly a client's model is held near the global one; 0 is FedAvg"
  ]

  private let mu: Float

  public init(_ options: Options) throws {
    try ConfigurationError.notNegative("mu", options.mu)
    mu = Float(options.mu)
  }

  public var correctsGradients: Bool { mu > 0 }

  public func correct(_ gradient: ParameterVector, _ state: LocalState, in part: Range<Int>) {
    let (values, own, global) = (gradient[part], state.model[part], state.global[part])
    for i in 0..<values.count { values[i] += mu * (own[i] - global[i]) }
  }
}
