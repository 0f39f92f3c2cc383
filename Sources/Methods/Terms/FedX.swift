import Catalogues
import Foundation
import Layers
import Tensors

/// What FedX (Han et al., ECCV 2022, arXiv 2207.09158) adds to a contrastive loss of its own
/// network: the same towards the global model, and that both views have the same relations to a
/// batch of other samples, by the own network and by the global one. With z projections, p a
/// predictor's outputs of them (Linear, ReLU, Linear), the global model's marked G, and r the
/// random samples,
///
///     NT-Xent(p₁, z₂ᴳ) + JS(p₁, p₂; rᴳ) + JS(z₁, z₂; r),
///
/// times the weight. JS is half the sum of both views' Kullback-Leibler divergences from the mean
/// of their softmaxes over cosines with r (the authors' code, `js_loss`). With
/// `method: { name: simclr, temperature: 0.1, add: [fedx] }` it is their loss.
public struct FedX: PlugIn, LossTerm {
  public struct Options: Codable, Sendable {
    public var weight = 1.0
    /// Of NT-Xent towards the global model.
    public var temperature = 0.1
    /// Of relations: what divides the cosines.
    public var relationTemperature = 0.1
    /// Width of the predictor's hidden layer.
    public var hidden = 256

    private enum CodingKeys: String, CodingKey {
      case weight, temperature, hidden
      case relationTemperature = "relation_temperature"
    }
  }

  public static let name = "fedx"
  public static let summary = "contrast and relations with the global model as teacher (FedX)"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "weight": "a factor on the term",
    "temperature": "divides the cosines with the global model's projections",
    "relation_temperature": "divides the cosines with random samples",
    "hidden": "width of the predictor's hidden layer",
  ]
  private let options: Options
  private let contrast: SimCLR
  /// Known from `extend` on.
  private var predictor: ProjectionHead?

  public init(_ options: Options) throws {
    try ConfigurationError.check("weight", options.weight, in: 0...1e6)
    try ConfigurationError.check("temperature", options.temperature, in: 0.001...1000)
    try ConfigurationError.check(
      "relation_temperature", options.relationTemperature, in: 0.001...1000)
    try ConfigurationError.check("hidden", options.hidden, in: 1...65_536)
    self.options = options
    contrast = try SimCLR(.init(temperature: options.temperature))
  }

  public var randomViews: Int { 1 }
  public var teachers: Set<Teacher> { [.global] }

  public mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {
    predictor = ProjectionHead(
      "fedx", &layout, input: projection, hidden: options.hidden, hiddenNorm: false,
      output: projection)
  }

  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    let fresh = Initialisation(parameters, seed: seed)
    predictor?.initialise(fresh) { fresh.uniform($0) }
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    guard let predictor, let global = batch.teachers[.global] else {
      preconditionFailure("FedX's loss needs a predictor, and the global model's projections")
    }
    let (first, second) = (batch.rows(0), batch.rows(1))
    let random = batch.rows(batch.views)
    let z = batch.projection
    let (p, saved) = predictor.forward(
      z[0..<second.upperBound], groups: 1, batch.parameters, engine)
    let dp = Matrix.zeros(engine.pool, rows: p.rows, columns: p.columns)
    let dz = Matrix.zeros(engine.pool, rows: z.rows, columns: z.columns)
    var loss = towards(global[second], p[first], into: dp[first], batch, engine)
    loss += relations(p[first], p[second], global[random], into: dp, nil, engine)
    loss += relations(z[first], z[second], z[random], into: dz, dz[random], engine)
    let back = predictor.backward(dp, saved, batch.parameters, into: batch.gradient, engine)
    engine.kernels.add(back.floats.count, back.pointer, dz.pointer)
    return MethodLoss(loss, projection: dz)
  }

  /// NT-Xent of predictions and the teacher's projections, which have no gradient.
  private func towards(
    _ keys: Matrix, _ p: Matrix, into slope: Matrix, _ batch: MethodBatch, _ engine: Engine
  ) -> Double {
    let both = Matrix(engine.pool, rows: 2 * p.rows, columns: p.columns)
    _ = both[0..<p.rows].floats.update(fromContentsOf: p.floats)
    _ = both[p.rows..<2 * p.rows].floats.update(fromContentsOf: keys.floats)
    let result = contrast.loss(
      MethodBatch(
        modality: batch.modality, views: 2, features: both, projection: both, target: nil,
        parameters: batch.parameters, gradient: batch.gradient, memory: nil), engine)
    let own = result.projection[0..<p.rows]
    for i in 0..<own.floats.count { slope.pointer[i] += Float(options.weight) * own.pointer[i] }
    return options.weight * result.loss
  }

  /// JS of two views' relations to anchors; adds the gradient by the views to the first rows of
  /// `slope`, one view after the other, and that by the anchors to `anchorSlope`.
  private func relations(
    _ first: Matrix, _ second: Matrix, _ anchors: Matrix, into slope: Matrix,
    _ anchorSlope: Matrix?, _ engine: Engine
  ) -> Double {
    let (n, count, columns) = (first.rows, anchors.rows, first.columns)
    let views = [first, second].map { normalised($0, engine) }
    let (a, anchorLengths) = normalised(anchors, engine)
    let cosines = views.map { view in
      let s = Matrix(engine.pool, rows: n, columns: count)
      engine.product(
        rows: n, columns: count, inner: columns, view.z.pointer, a.pointer, bTransposed: true,
        into: s.pointer)
      return s
    }
    var loss = 0.0
    for row in 0..<n {
      loss += divergence(cosines[0][row..<row + 1].floats, cosines[1][row..<row + 1].floats, n)
    }
    let da = Matrix(engine.pool, rows: count, columns: columns)
    for (index, view) in views.enumerated() {
      let d = Matrix(engine.pool, rows: n, columns: columns)
      engine.product(
        rows: n, columns: columns, inner: count, cosines[index].pointer, a.pointer,
        into: d.pointer)
      throughNormalisation(d, view.z, view.lengths)
      engine.kernels.add(d.floats.count, d.pointer, slope.pointer + index * n * columns)
      guard anchorSlope != nil else { continue }
      engine.product(
        rows: count, columns: columns, inner: n, cosines[index].pointer, aTransposed: true,
        view.z.pointer, into: da.pointer, accumulate: index > 0)
    }
    guard let anchorSlope else { return loss }
    throughNormalisation(da, a, anchorLengths)
    engine.kernels.add(da.floats.count, da.pointer, anchorSlope.pointer)
    return loss
  }

  /// JS of a row of two views' cosines, over `rows` and times the weight; the cosines become its
  /// gradient.
  private func divergence(
    _ first: UnsafeMutableBufferPointer<Float>, _ second: UnsafeMutableBufferPointer<Float>,
    _ rows: Int
  ) -> Double {
    let temperature = options.relationTemperature
    let share = options.weight / Double(rows)
    let logs = [first, second].map { logSoftmax($0, temperature) }
    let mean = first.indices.map { (exp(logs[0][$0]) + exp(logs[1][$0])) / 2 }
    // Of the mean by each share in it, but for what is the same for all.
    var loss = 0.0
    let slopes = mean.indices.map { i -> Double in
      guard mean[i] > 0 else { return 0 }
      let slope = log(mean[i]) - (logs[0][i] + logs[1][i]) / 2
      loss += share * mean[i] * slope
      return slope / 2
    }
    for (cosines, logs) in zip([first, second], logs) {
      var weighted = 0.0
      for i in mean.indices { weighted += exp(logs[i]) * slopes[i] }
      for i in cosines.indices {
        let own = exp(logs[i])
        let slope = (own - mean[i]) / 2 + own * (slopes[i] - weighted)
        cosines[i] = Float(share * slope / temperature)
      }
    }
    return loss
  }
}
