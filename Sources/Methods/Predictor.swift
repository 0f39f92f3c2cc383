import Catalogues
import Layers
import Tensors

/// What BYOL and SimSiam have behind the projection: Linear, BatchNorm, ReLU, Linear, which make of
/// one view's projection the other's. It sees each view by itself, also where `training.views` has
/// the encoder see them together.
struct Predictor: Sendable {
  private let hidden: Int
  /// Known from `extend` on.
  private var head: ProjectionHead?

  /// - Parameter hidden: width of its hidden layer.
  init(hidden: Int) throws {
    try ConfigurationError.check("hidden", hidden, in: 1...65_536)
    self.hidden = hidden
  }

  /// - Parameter method: its name, for messages.
  mutating func extend(
    _ layout: inout ParameterLayout, projection: Int, of method: String
  ) throws {
    let unit = BatchNorm.channelUnit
    try ConfigurationError.require(
      hidden % unit == 0, "hidden",
      "\(hidden) is not a multiple of \(unit), as the predictor's BatchNorm needs; "
        + "\((hidden + unit - 1) / unit * unit) is")
    try ConfigurationError.require(
      projection > 1, "",
      "\(method) compares directions, and a projection of 1 column has none; "
        + "raise encoder.projection")
    head = ProjectionHead(
      "predictor", &layout, input: projection, hidden: hidden, hiddenNorm: true,
      output: projection)
  }

  func initialise(_ parameters: ParameterVector, seed: UInt64) {
    let fresh = Initialisation(parameters, seed: seed)
    head?.initialise(fresh) { fresh.uniform($0) }
  }

  /// The sum of a term of each view's cosine, that of its prediction to the other view's target.
  /// Targets have no gradient.
  /// - Parameters:
  ///   - slope: the term's derivative by its cosine.
  ///   - term: of a cosine.
  func loss(
    _ batch: MethodBatch, toward target: Matrix, slope: Double, _ engine: Engine,
    term: (_ cosine: Double) -> Double
  ) -> MethodLoss {
    guard let head else { preconditionFailure("a layout without a predictor") }
    let n = batch.samples
    let (prediction, saved) = head.forward(
      batch.projection, groups: batch.views, batch.parameters, engine)
    let (p, lengths) = normalised(prediction, engine)
    let z = normalised(target, engine).z
    let gradient = Matrix(engine.pool, rows: p.rows, columns: p.columns)
    var loss = 0.0
    for row in 0..<p.rows {
      let from = p.pointer + row * p.columns
      let toward = z.pointer + (row < n ? row + n : row - n) * p.columns
      let slopes = gradient.pointer + row * p.columns
      var cosine = 0.0
      for i in 0..<p.columns {
        cosine += Double(from[i]) * Double(toward[i])
        slopes[i] = Float(slope * Double(toward[i]))
      }
      loss += term(cosine)
    }
    throughNormalisation(gradient, p, lengths)
    return MethodLoss(
      loss,
      projection: head.backward(gradient, saved, batch.parameters, into: batch.gradient, engine))
  }
}
