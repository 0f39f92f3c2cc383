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

    subscript(_ rows: Range<Int>) -> Saved { Saved(statistics: statistics[rows]) }
  }

  func saved(rows: Int, _ engine: Engine) -> Saved {
    Saved(statistics: Matrix(engine.pool, rows: rows, columns: 2))
  }

  public func forward(_ x: Matrix, _ parameters: ParameterVector, _ engine: Engine) -> (
    y: Matrix, saved: Saved
  ) {
    let y = Matrix(engine.pool, rows: x.rows, columns: columns)
    let saved = saved(rows: x.rows, engine)
    forward(x, saved, parameters, into: y, engine)
    return (y, saved)
  }

  /// The same into memory that is there.
  func forward(
    _ x: Matrix, _ saved: Saved, _ parameters: ParameterVector, into y: Matrix, _ engine: Engine
  ) {
    precondition(x.columns == columns, "LayerNorm of \(columns) columns got \(x.columns)")
    engine.kernels.layer_norm(
      x.rows, columns, Self.epsilon, x.pointer, parameters[weight].baseAddress!,
      parameters[bias].baseAddress!, y.pointer, saved.statistics.pointer)
  }

  /// Adds the input's gradient to `dx`. The input `x` is the caller's to keep.
  public func backward(
    _ dy: Matrix, _ x: Matrix, _ saved: Saved, _ parameters: ParameterVector,
    addingTo dx: Matrix, _ engine: Engine
  ) {
    engine.kernels.layer_norm_gradient(
      x.rows, columns, dy.pointer, x.pointer, parameters[weight].baseAddress!,
      saved.statistics.pointer, dx.pointer)
  }

  /// Adds γ's and β's gradients, summed over the rows in order, for part `part` of `parts`.
  public func addGradients(
    _ dy: Matrix, _ x: Matrix, _ saved: Saved, part: Int = 0, of parts: Int = 1,
    into gradient: ParameterVector, _ engine: Engine
  ) {
    let own = Engine.part(part, of: parts, columns, unit: 16)
    engine.kernels.layer_norm_parameter_gradient(
      x.rows, columns, own.lowerBound, own.upperBound, dy.pointer, x.pointer,
      saved.statistics.pointer, gradient[weight].baseAddress!,
      gradient[bias].baseAddress!)
  }
}
