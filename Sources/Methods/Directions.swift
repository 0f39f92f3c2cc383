import Tensors

/// Fills rows with random directions: normal numbers, row by row, over the row's l2 length.
func fillWithDirections(
  _ rows: UnsafeMutableBufferPointer<Float>, columns: Int, _ random: inout RandomStream
) {
  for start in stride(from: 0, to: rows.count, by: columns) {
    var square = 0.0
    for i in start..<start + columns {
      rows[i] = Float(random.normal())
      square += Double(rows[i]) * Double(rows[i])
    }
    let length = max(square.squareRoot(), 1e-12)
    for i in start..<start + columns { rows[i] = Float(Double(rows[i]) / length) }
  }
}
