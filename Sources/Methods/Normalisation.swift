import Layers
import Tensors

/// Rows over their l2 lengths, and the lengths. As PyTorch's `normalize`, a length below 1e-12
/// counts as 1e-12, so that a row of zeros stays one.
func normalised(_ x: Matrix, _ engine: Engine) -> (z: Matrix, lengths: Matrix) {
  let z = Matrix(engine.pool, rows: x.rows, columns: x.columns)
  let lengths = Matrix(engine.pool, rows: x.rows, columns: 1)
  for row in 0..<x.rows {
    let from = x.pointer + row * x.columns
    let to = z.pointer + row * x.columns
    var square = 0.0
    for i in 0..<x.columns { square += Double(from[i]) * Double(from[i]) }
    let length = max(square.squareRoot(), 1e-12)
    lengths.pointer[row] = Float(length)
    for i in 0..<x.columns { to[i] = Float(Double(from[i]) / length) }
  }
  return (z, lengths)
}

/// The gradient through `normalised`, in place: (g − z (z·g)) / length.
func throughNormalisation(_ g: Matrix, _ z: Matrix, _ lengths: Matrix) {
  for row in 0..<g.rows {
    let gradient = g.pointer + row * g.columns
    let unit = z.pointer + row * g.columns
    var dot = 0.0
    for i in 0..<g.columns { dot += Double(unit[i]) * Double(gradient[i]) }
    let length = Double(lengths.pointer[row])
    for i in 0..<g.columns {
      gradient[i] = Float((Double(gradient[i]) - Double(unit[i]) * dot) / length)
    }
  }
}
