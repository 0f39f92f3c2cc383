import Tensors

/// Layer normalisation of rows: y = γ (x − μ)/σ + β with each row's own mean and (biased) deviation
/// (Ba et al., arXiv 1607.06450; ε 1e-6 as in ViT).
public struct LayerNorm: Sendable {
  public let weight: Range<Int>
  public let bias: Range<Int>
  public let columns: Int
  static let epsilon: Float = 1e-6

  /// - Parameter columns: a multiple of 16.
  public init(_ name: String, _ layout: inout ParameterLayout, columns: Int) {
    precondition(columns % 16 == 0, "LayerNorm of \(columns) columns")
    self.columns = columns
    weight = layout.add("\(name).weight", [columns])
    bias = layout.add("\(name).bias", [columns])
  }

  /// Each row's mean and 1/σ, [rows][2].
  public struct Saved {
    let statistics: Matrix
  }

  public func forward(_ x: Matrix, _ parameters: ParameterVector, _ engine: Engine) -> (
    y: Matrix, saved: Saved
  ) {
    precondition(x.columns == columns, "LayerNorm of \(columns) columns got \(x.columns)")
    let y = Matrix(engine.pool, rows: x.rows, columns: columns)
    let statistics = Matrix(engine.pool, rows: x.rows, columns: 2)
    engine.kernels.layer_norm(
      x.rows, columns, Self.epsilon, x.pointer, parameters[weight].baseAddress!,
      parameters[bias].baseAddress!, y.pointer, statistics.pointer)
    return (y, Saved(statistics: statistics))
  }

  /// Adds the input's gradient to `dx`, and γ's and β's to `gradient`. The input `x` is the caller's
  /// to keep.
  public func backward(
    _ dy: Matrix, _ x: Matrix, _ saved: Saved, _ parameters: ParameterVector,
    addingTo dx: Matrix, into gradient: ParameterVector, _ engine: Engine
  ) {
    engine.kernels.layer_norm_gradient(
      x.rows, columns, dy.pointer, x.pointer, parameters[weight].baseAddress!,
      saved.statistics.pointer, dx.pointer, gradient[weight].baseAddress!,
      gradient[bias].baseAddress!)
  }
}
