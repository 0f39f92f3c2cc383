import Layers
import Tensors

/// From features to the projection that the loss sees: one linear layer, or two with a ReLU between
/// (SimCLR's head). Named as PyTorch names `fc` or `fc.0`, `fc.2` of a Sequential.
struct ProjectionHead: Sendable {
  private let first: Linear
  private let second: Linear?

  init(_ name: String, _ layout: inout ParameterLayout, input: Int, hidden: Int, output: Int) {
    if hidden == 0 {
      first = Linear(name, &layout, input: input, output: output)
      second = nil
    } else {
      first = Linear("\(name).0", &layout, input: input, output: hidden)
      second = Linear("\(name).2", &layout, input: hidden, output: output)
    }
  }

  struct Saved {
    let first: Linear.Saved
    let hidden: Matrix?
    let second: Linear.Saved?
  }

  func initialise(_ fresh: Initialisation) {
    fresh.uniform(first)
    if let second { fresh.uniform(second) }
  }

  func forward(_ x: Matrix, _ parameters: ParameterVector, _ engine: Engine) -> (
    projection: Matrix, saved: Saved
  ) {
    let (a, savedFirst) = first.forward(x, parameters, engine)
    guard let second else {
      return (a, Saved(first: savedFirst, hidden: nil, second: nil))
    }
    let hidden = Matrix(engine.pool, rows: a.rows, columns: a.columns)
    engine.kernels.relu(a.floats.count, a.pointer, hidden.pointer)
    let (y, savedSecond) = second.forward(hidden, parameters, engine)
    return (y, Saved(first: savedFirst, hidden: hidden, second: savedSecond))
  }

  func backward(
    _ dy: Matrix, _ saved: Saved, _ parameters: ParameterVector, into gradient: ParameterVector,
    _ engine: Engine
  ) -> Matrix {
    guard let second, let hidden = saved.hidden, let savedSecond = saved.second else {
      return first.backward(dy, saved.first, parameters, into: gradient, engine)
    }
    let dh = second.backward(dy, savedSecond, parameters, into: gradient, engine)
    engine.kernels.relu_gradient(dh.floats.count, dh.pointer, hidden.pointer, dh.pointer)
    return first.backward(dh, saved.first, parameters, into: gradient, engine)
  }

  /// Floating-point operations for one row.
  var operations: Double {
    Double(2 * first.input * first.output) + Double(second.map { 2 * $0.input * $0.output } ?? 0)
  }
}
