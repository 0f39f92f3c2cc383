import Catalogues
import Layers
import Tensors

/// BYOL (Grill et al., arXiv 2006.07733): a predictor makes of each view's projection the one that
/// the target network has of the other view. With p the predictions, z the target's projections,
/// both l2-normalised, and N samples, the loss is
/// scale · Σᵢ (‖p₁ᵢ − z₂ᵢ‖² + ‖p₂ᵢ − z₁ᵢ‖²) / N, and ‖p − z‖² = 2 − 2 cos(p, z).
///
/// The predictor is Linear, BatchNorm, ReLU, Linear, and sees each view by itself, also where
/// `training.views` has the encoder see them together.
public struct BYOL: PlugIn, Method {
  public static let name = "byol"
  public static let summary = "a predictor and a momentum target, without negatives (BYOL)"

  public struct Options: Codable, Sendable {
    /// Width of the predictor's hidden layer.
    public var hidden = 4096
    /// How much of the target stays in a step: EasyFL's 0.99 (the paper: 0.996).
    public var momentum = 0.99
    /// Whether `momentum` stays, or rises to 1 over a client's steps in a round.
    public var schedule = TargetRule.Schedule.constant
    /// A factor on the loss: 1 is the paper's sum of both directions (and EasyFL's); lightly's
    /// example has 0.25.
    public var scale = 1.0
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "hidden": "width of the predictor's hidden layer, a multiple of 32",
    "momentum": "how much of the target stays in a step",
    "schedule": "whether that is constant, or rises to 1 by a cosine over a client's steps",
    "scale": "a factor on the loss: 1 is the paper's sum of both directions, 0.25 lightly's",
  ]
  public let target: TargetRule?
  private var predictor: Predictor
  private let scale: Double

  public init(_ options: Options) throws {
    predictor = try Predictor(hidden: options.hidden)
    try ConfigurationError.check("momentum", options.momentum, in: 0...1)
    try ConfigurationError.check("scale", options.scale, in: 1e-3...1000)
    scale = options.scale
    target = TargetRule(momentum: options.momentum, schedule: options.schedule)
  }

  public mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {
    try predictor.extend(&layout, projection: projection, of: "BYOL")
  }

  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    predictor.initialise(parameters, seed: seed)
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    guard let target = batch.target else { preconditionFailure("BYOL's loss needs a target") }
    let share = scale / Double(batch.samples)
    return predictor.loss(batch, toward: target, slope: -2 * share, engine) { cosine in
      (2 - 2 * cosine) * share
    }
  }
}
