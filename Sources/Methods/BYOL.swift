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
  private let hidden: Int
  private let scale: Double
  /// Known from `extend` on.
  private var predictor: ProjectionHead?

  public init(_ options: Options) throws {
    try ConfigurationError.check("hidden", options.hidden, in: 1...65_536)
    try ConfigurationError.check("momentum", options.momentum, in: 0...1)
    try ConfigurationError.check("scale", options.scale, in: 1e-3...1000)
    hidden = options.hidden
    scale = options.scale
    target = TargetRule(momentum: options.momentum, schedule: options.schedule)
  }

  public mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {
    let unit = BatchNorm.channelUnit
    try ConfigurationError.require(
      hidden % unit == 0, "hidden",
      "\(hidden) is not a multiple of \(unit), as the predictor's BatchNorm needs; "
        + "\((hidden + unit - 1) / unit * unit) is")
    try ConfigurationError.require(
      projection > 1, "",
      "BYOL compares directions, and a projection of 1 column has none; raise encoder.projection")
    predictor = ProjectionHead(
      "predictor", &layout, input: projection, hidden: hidden, hiddenNorm: true,
      output: projection)
  }

  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    let fresh = Initialisation(parameters, seed: seed)
    predictor?.initialise(fresh) { fresh.uniform($0) }
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    guard let predictor, let target = batch.target else {
      preconditionFailure("BYOL's loss needs a layout that has its predictor, and a target")
    }
    let n = batch.samples
    let (prediction, saved) = predictor.forward(
      batch.projection, groups: batch.views, batch.parameters, engine)
    let (p, lengths) = normalised(prediction, engine)
    let z = normalised(target, engine).z
    // A view's prediction goes with the other view's target.
    let slope = Matrix(engine.pool, rows: p.rows, columns: p.columns)
    let share = scale / Double(n)
    var loss = 0.0
    for row in 0..<p.rows {
      let from = p.pointer + row * p.columns
      let toward = z.pointer + (row < n ? row + n : row - n) * p.columns
      let gradient = slope.pointer + row * p.columns
      var cosine = 0.0
      for i in 0..<p.columns {
        cosine += Double(from[i]) * Double(toward[i])
        gradient[i] = Float(-2 * share * Double(toward[i]))
      }
      loss += (2 - 2 * cosine) * share
    }
    throughNormalisation(slope, p, lengths)
    return MethodLoss(
      loss,
      projection: predictor.backward(
        slope, saved, batch.parameters, into: batch.gradient, engine))
  }
}
