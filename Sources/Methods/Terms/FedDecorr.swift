import Catalogues
import Layers
import Tensors

/// FedDecorr (Shi et al., ICLR 2023, arXiv 2210.00226, eq. 7), against dimensional collapse: with
/// x̂ a view's features, each column less its mean and over its deviation, N samples and D columns,
/// the mean over the D² − D pairs of columns of (x̂ᵀx̂)² over N, times its weight. Deviations are
/// over N − 1, with 10⁻⁸ in the variance, as in the authors' code.
///
/// They train with labels, on one view of each sample; here it is the mean over the views.
public struct FedDecorr: PlugIn, LossTerm {
  public struct Options: Codable, Sendable {
    /// β: the authors' 0.1.
    public var weight = 0.1
    /// What is decorrelated.
    public var of = TermRows.features
  }

  public static let name = "feddecorr"
  public static let summary = "columns that are not correlated (FedDecorr)"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "weight": "a factor on the term",
    "of": "which columns: features (before the head) or projection (after it)",
  ]
  private static let epsilon = 1e-8
  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.check("weight", options.weight, in: 0...1e6)
    self.options = options
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    let rows = options.of.rows(of: batch)
    let slope = Matrix.zeros(engine.pool, rows: rows.rows, columns: rows.columns)
    var loss = 0.0
    for view in 0..<batch.views {
      loss += spread(
        rows[batch.rows(view)], into: slope[batch.rows(view)],
        weight: options.weight / Double(batch.views), engine)
    }
    return options.of.loss(loss, slope: slope, batch, engine)
  }

  /// The loss of one view; its gradient becomes `slope`.
  private func spread(
    _ x: Matrix, into slope: Matrix, weight: Double, _ engine: Engine
  ) -> Double {
    let (n, columns) = (x.rows, x.columns)
    guard n > 1, columns > 1 else { return 0 }
    let (standard, deviations) = standardised(x, engine)
    let c = Matrix(engine.pool, rows: columns, columns: columns)
    engine.product(
      rows: columns, columns: columns, inner: n, standard.pointer, aTransposed: true,
      standard.pointer, into: c.pointer)
    let share = weight / (Double(columns) * Double(columns - 1) * Double(n))
    var loss = 0.0
    for i in 0..<columns {
      for j in 0..<columns {
        let place = i * columns + j
        let value = i == j ? 0 : Double(c.pointer[place])
        loss += share * value * value
        c.pointer[place] = Float(4 * share * value)
      }
    }
    engine.product(
      rows: n, columns: columns, inner: columns, standard.pointer, c.pointer, into: slope.pointer)
    throughStandardisation(slope, standard, deviations)
    return loss
  }

  /// Columns less their means and over their deviations, and the deviations.
  private func standardised(_ x: Matrix, _ engine: Engine) -> (Matrix, [Double]) {
    let (n, columns) = (x.rows, x.columns)
    let standard = Matrix(engine.pool, rows: n, columns: columns)
    var means = [Double](repeating: 0, count: columns)
    var squares = means
    for row in 0..<n {
      for j in 0..<columns { means[j] += Double(x.pointer[row * columns + j]) / Double(n) }
    }
    for row in 0..<n {
      for j in 0..<columns {
        let value = Double(x.pointer[row * columns + j]) - means[j]
        squares[j] += value * value
      }
    }
    let deviations = squares.map { ($0 / Double(n - 1) + Self.epsilon).squareRoot() }
    for row in 0..<n {
      for j in 0..<columns {
        let place = row * columns + j
        standard.pointer[place] = Float((Double(x.pointer[place]) - means[j]) / deviations[j])
      }
    }
    return (standard, deviations)
  }

  /// g → (g − mean g − x̂ · Σ g x̂ / (N − 1)) / deviation, by column, in place.
  private func throughStandardisation(_ g: Matrix, _ standard: Matrix, _ deviations: [Double]) {
    let (n, columns) = (g.rows, g.columns)
    for j in 0..<columns {
      var (sum, product) = (0.0, 0.0)
      for place in stride(from: j, to: n * columns, by: columns) {
        sum += Double(g.pointer[place])
        product += Double(g.pointer[place]) * Double(standard.pointer[place])
      }
      let (mean, slope) = (sum / Double(n), product / Double(n - 1))
      for place in stride(from: j, to: n * columns, by: columns) {
        let value = Double(g.pointer[place]) - mean - Double(standard.pointer[place]) * slope
        g.pointer[place] = Float(value / deviations[j])
      }
    }
  }
}
