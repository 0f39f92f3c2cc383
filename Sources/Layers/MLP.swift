import Tensors

/// A transformer block's two linear layers with GELU (exact, by erf) between (timm's `Mlp`).
public struct MLP: Sendable {
  let first: Linear
  let second: Linear

  /// - Parameters: multiples of 32.
  public init(_ name: String, _ layout: inout ParameterLayout, width: Int, hidden: Int) {
    first = Linear("\(name).fc1", &layout, input: width, output: hidden)
    second = Linear("\(name).fc2", &layout, input: hidden, output: width)
  }

  struct Weights {
    let first: PackedMatrix
    let second: PackedMatrix
  }

  func weights(_ parameters: ParameterVector, transposed: Bool, _ engine: Engine) -> Weights {
    Weights(
      first: first.packed(parameters, transposed: transposed, engine),
      second: second.packed(parameters, transposed: transposed, engine))
  }

  /// y = residual + MLP(x). Keeps the values before GELU in `hidden`; those after it are made
  /// again.
  func forward(
    _ x: Matrix, residual: Matrix, _ weights: Weights, hidden: Matrix,
    _ parameters: ParameterVector, into y: Matrix, _ engine: Engine
  ) {
    first.forward(x, weights.first, parameters, into: hidden, engine)
    let active = Matrix(engine.pool, rows: x.rows, columns: first.output)
    engine.kernels.gelu(hidden.floats.count, hidden.pointer, active.pointer)
    second.forward(active, weights.second, residual: residual, parameters, into: y, engine)
  }

  /// The gradients of the values before GELU and of `x`; the values after it come again in
  /// `active`. `weights` are transposed.
  func inputGradient(
    _ dy: Matrix, hidden: Matrix, _ weights: Weights, dhidden: Matrix, active: Matrix,
    into dx: Matrix, _ engine: Engine
  ) {
    engine.product(dy, weights.second, into: dhidden)
    engine.kernels.gelu_gradient(
      dhidden.floats.count, hidden.pointer, dhidden.pointer, active.pointer)
    engine.product(dhidden, weights.first, into: dx)
  }

  /// Floating-point operations of one row.
  var operations: Double { first.operations + second.operations }
}
