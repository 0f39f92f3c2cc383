import Tensors

/// For rows in pieces: the weight is packed once for all of them. `input` and `output` are
/// multiples of 32.
extension Linear {
  func packed(_ parameters: ParameterVector, transposed: Bool, _ engine: Engine) -> PackedMatrix {
    let values = parameters[weight].baseAddress!
    return transposed
      ? engine.packed(values, inner: output, columns: input, transposed: true)
      : engine.packed(values, inner: input, columns: output)
  }

  /// y = x W + b.
  func forward(
    _ x: Matrix, _ weight: PackedMatrix, _ parameters: ParameterVector, into y: Matrix,
    _ engine: Engine
  ) {
    engine.product(x, weight, start: parameters[bias].baseAddress!, into: y)
  }

  /// y = residual + x W + b.
  func forward(
    _ x: Matrix, _ weight: PackedMatrix, residual: Matrix, _ parameters: ParameterVector,
    into y: Matrix, _ engine: Engine
  ) {
    y.pointer.update(from: residual.pointer, count: y.floats.count)
    for row in 0..<y.rows {
      engine.kernels.add(output, parameters[bias].baseAddress!, y.pointer + row * output)
    }
    engine.product(x, weight, start: y.pointer, startStride: output, into: y)
  }
}
