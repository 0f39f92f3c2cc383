import Catalogues
import Layers
import Tensors

/// SimSiam (Chen and He, CVPR 2021, arXiv 2011.10566, eq. 2): BYOL without a second network. With p
/// the predictions and z the projections, both l2-normalised, and N samples, the loss is
/// −Σᵢ (p₁ᵢ · z₂ᵢ + p₂ᵢ · z₁ᵢ) / 2N; no gradient goes through z.
///
/// Its authors' projector is `encoder: { hidden: 2048, hidden_layers: 2, hidden_norm: true,
/// projection: 2048, projection_norm: true }`.
public struct SimSiam: PlugIn, Method {
  public static let name = "simsiam"
  public static let summary = "a predictor and a stopped gradient, without negatives (SimSiam)"

  public struct Options: Codable, Sendable {
    /// Width of the predictor's hidden layer: a quarter of its authors' projection.
    public var hidden = 512
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "hidden": "width of the predictor's hidden layer, a multiple of 32"
  ]
  private var predictor: Predictor

  public init(_ options: Options) throws { predictor = try Predictor(hidden: options.hidden) }

  public mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {
    try predictor.extend(&layout, projection: projection, of: "SimSiam")
  }

  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    predictor.initialise(parameters, seed: seed)
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    let slope = -0.5 / Double(batch.samples)
    // Its target is the network itself, but for the gradient.
    let target = batch.target ?? batch.projection
    return predictor.loss(batch, toward: target, slope: slope, engine) { slope * $0 }
  }
}
