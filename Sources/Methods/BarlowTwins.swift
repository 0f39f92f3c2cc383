import Catalogues
import Layers
import Tensors

/// Barlow Twins' loss (Zbontar et al., arXiv 2103.03230).
///
/// With z each view's projection, standardised over the batch column by column, and
/// C = z₁ᵀ z₂ / N: Σ (1 − C_ii)² + λ Σ_{i≠j} C_ij². It has no temperature; FSSUAVL's "0.5 for both
/// methods" cannot apply.
public struct BarlowTwins: PlugIn, Method {
  public static let name = "barlowtwins"
  public static let summary = "redundancy reduction between two views (Barlow Twins)"

  public struct Options: Codable, Sendable {
    /// λ, the weight of what is off the diagonal: the paper's 0.0051 (L-DAWA's code: 0.005).
    public var lambda = 0.0051
    /// The deviation that standardises: `biased` (as its authors' BatchNorm) or `unbiased`
    /// (L-DAWA's code).
    public var deviation = Deviation.biased
  }

  public enum Deviation: String, WordOption { case biased, unbiased }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "lambda": "weight of what is off the diagonal",
    "deviation": "what standardises: biased or unbiased (L-DAWA's code)",
  ]
  /// In the variance, as BatchNorm's: a column that does not vary stays zero.
  private static let epsilon = 1e-5
  private let lambda: Double
  private let unbiased: Bool

  public init(_ options: Options) throws {
    try ConfigurationError.check("lambda", options.lambda, in: 0...1000)
    lambda = options.lambda
    unbiased = options.deviation == .unbiased
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    let projection = batch.projection
    let n = batch.samples
    let columns = projection.columns
    let z = Matrix(engine.pool, rows: 2 * n, columns: columns)
    let inverse = (0..<2).map { view in
      standardise(projection[view * n..<(view + 1) * n], into: z[view * n..<(view + 1) * n])
    }
    let first = z[0..<n]
    let second = z[n..<2 * n]
    let c = Matrix(engine.pool, rows: columns, columns: columns)
    engine.product(
      rows: columns, columns: columns, inner: n, first.pointer, aTransposed: true, second.pointer,
      into: c.pointer)
    let loss = slopes(c, count: n)
    let dz = Matrix(engine.pool, rows: 2 * n, columns: columns)
    engine.product(
      rows: n, columns: columns, inner: columns, second.pointer, c.pointer, bTransposed: true,
      into: dz.pointer)
    engine.product(
      rows: n, columns: columns, inner: columns, first.pointer, c.pointer,
      into: dz[n..<2 * n].pointer)
    for view in 0..<2 {
      let rows = view * n..<(view + 1) * n
      throughStandardisation(dz[rows], z[rows], inverse[view])
    }
    return MethodLoss(loss, projection: dz)
  }

  /// What deviations divide by.
  private func freedom(_ rows: Int) -> Double { Double(unbiased ? max(1, rows - 1) : rows) }

  /// z = (x − μ) / √(v + ε) by column; returns 1 / √(v + ε).
  private func standardise(_ x: Matrix, into z: Matrix) -> [Double] {
    let columns = x.columns
    var mean = [Double](repeating: 0, count: columns)
    var variance = mean
    for row in 0..<x.rows {
      for i in 0..<columns { mean[i] += Double(x.pointer[row * columns + i]) }
    }
    for i in 0..<columns { mean[i] /= Double(x.rows) }
    for row in 0..<x.rows {
      for i in 0..<columns {
        let d = Double(x.pointer[row * columns + i]) - mean[i]
        variance[i] += d * d
      }
    }
    let inverse = variance.map { 1 / ($0 / freedom(x.rows) + Self.epsilon).squareRoot() }
    for row in 0..<x.rows {
      for i in 0..<columns {
        let place = row * columns + i
        z.pointer[place] = Float((Double(x.pointer[place]) - mean[i]) * inverse[i])
      }
    }
    return inverse
  }

  /// z₁ᵀ z₂ -> the loss's gradient by it, in place. Returns the loss.
  private func slopes(_ c: Matrix, count: Int) -> Double {
    var loss = 0.0
    let share = 1 / Double(count)
    for i in 0..<c.rows {
      for j in 0..<c.columns {
        let value = Double(c.pointer[i * c.columns + j]) * share
        let weight = i == j ? 1 : lambda
        let error = i == j ? value - 1 : value
        loss += weight * error * error
        c.pointer[i * c.columns + j] = Float(2 * weight * error * share)
      }
    }
    return loss
  }

  /// The gradient through `standardise`, in place: (g − ḡ − z Σ g z / n) / √(v + ε).
  private func throughStandardisation(_ g: Matrix, _ z: Matrix, _ inverse: [Double]) {
    let columns = g.columns
    var mean = [Double](repeating: 0, count: columns)
    var pull = mean
    for row in 0..<g.rows {
      for i in 0..<columns {
        let place = row * columns + i
        mean[i] += Double(g.pointer[place])
        pull[i] += Double(g.pointer[place]) * Double(z.pointer[place])
      }
    }
    for row in 0..<g.rows {
      for i in 0..<columns {
        let place = row * columns + i
        let centred = Double(g.pointer[place]) - mean[i] / Double(g.rows)
        let along = Double(z.pointer[place]) * pull[i] / freedom(g.rows)
        g.pointer[place] = Float((centred - along) * inverse[i])
      }
    }
  }
}
