import Catalogues
import Layers
import Tensors

/// VICReg (Bardes et al., ICLR 2022, arXiv 2105.04906): with z each view's projections, N samples
/// and D columns,
///
///     λ Σ (z₁ − z₂)² / ND + μ (v₁ + v₂) / 2 + ν (c₁ + c₂),
///     v = Σ_j max(0, 1 − √(Var_j + 10⁻⁴)) / D,   c = Σ_{i≠j} Cov_ij² / D,
///
/// variances and covariances over N − 1. The half of the variances' part is its authors' code's,
/// and lightly's; equation 6 has none. Their projector is `encoder: { hidden: 8192,
/// hidden_layers: 2, hidden_norm: true, projection: 8192 }`.
public struct VICReg: PlugIn, Method {
  public static let name = "vicreg"
  public static let summary = "views alike, columns varied and uncorrelated (VICReg)"

  public struct Options: Codable, Sendable {
    /// λ.
    public var invariance = 25.0
    /// μ.
    public var variance = 25.0
    /// ν.
    public var covariance = 1.0
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "invariance": "weight of the squared difference of two views",
    "variance": "weight of what columns lack to a deviation of 1",
    "covariance": "weight of columns' squared covariances",
  ]
  /// In the variance, so that its root has a slope.
  private static let epsilon = 1e-4
  private let options: Options

  public init(_ options: Options) throws {
    for (key, value) in [
      ("invariance", options.invariance), ("variance", options.variance),
      ("covariance", options.covariance),
    ] { try ConfigurationError.check(key, value, in: 0...1e6) }
    self.options = options
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    let (n, columns) = (batch.samples, batch.projection.columns)
    let slope = Matrix(engine.pool, rows: 2 * n, columns: columns)
    var loss = 0.0
    for view in 0..<2 { loss += spread(batch, view, into: slope[batch.rows(view)], engine) }
    let (first, second) = (batch.projection.pointer, batch.projection[n..<2 * n].pointer)
    let share = options.invariance / Double(n * columns)
    var squares = 0.0
    for i in 0..<n * columns {
      let difference = Double(first[i]) - Double(second[i])
      squares += difference * difference
      let pull = Float(2 * share * difference)
      slope.pointer[i] += pull
      slope.pointer[n * columns + i] -= pull
    }
    return MethodLoss(loss + share * squares, projection: slope)
  }

  /// The parts of one view's columns, and their gradient.
  private func spread(
    _ batch: MethodBatch, _ view: Int, into slope: Matrix, _ engine: Engine
  ) -> Double {
    let z = batch.projection[batch.rows(view)]
    let (n, columns) = (z.rows, z.columns)
    let freedom = Double(max(1, n - 1))
    let centred = Matrix(engine.pool, rows: n, columns: columns)
    let variances = centre(z, into: centred, freedom)
    let c = Matrix(engine.pool, rows: columns, columns: columns)
    engine.product(
      rows: columns, columns: columns, inner: n, centred.pointer, aTransposed: true,
      centred.pointer, into: c.pointer)
    // 1. Covariances: c becomes the slope by it, which stands on both sides of the diagonal.
    let weight = options.covariance / Double(columns)
    var loss = 0.0
    for i in 0..<columns {
      for j in 0..<columns {
        let place = i * columns + j
        let value = i == j ? 0 : Double(c.pointer[place]) / freedom
        loss += weight * value * value
        c.pointer[place] = Float(4 * weight * value / freedom)
      }
    }
    engine.product(
      rows: n, columns: columns, inner: columns, centred.pointer, c.pointer, into: slope.pointer)
    // 2. Variances.
    let share = options.variance / Double(2 * columns)
    for j in 0..<columns {
      let deviation = (variances[j] + Self.epsilon).squareRoot()
      guard deviation < 1 else { continue }
      loss += share * (1 - deviation)
      for row in 0..<n {
        let place = row * columns + j
        slope.pointer[place] -= Float(
          share * Double(centred.pointer[place]) / (freedom * deviation))
      }
    }
    return loss
  }

  /// Columns less their means; returns their variances.
  private func centre(_ z: Matrix, into centred: Matrix, _ freedom: Double) -> [Double] {
    let columns = z.columns
    var means = [Double](repeating: 0, count: columns)
    for row in 0..<z.rows {
      for j in 0..<columns { means[j] += Double(z.pointer[row * columns + j]) }
    }
    for j in 0..<columns { means[j] /= Double(z.rows) }
    var variances = [Double](repeating: 0, count: columns)
    for row in 0..<z.rows {
      for j in 0..<columns {
        let place = row * columns + j
        let value = Double(z.pointer[place]) - means[j]
        centred.pointer[place] = Float(value)
        variances[j] += value * value
      }
    }
    return variances.map { $0 / freedom }
  }
}
