import Layers
import Tensors
import TestSupport
import Testing

@Suite struct ProductTests {
  /// Any shape, either side transposed, against sums in Float64.
  @Test(arguments: [(1, 1, 1), (5, 33, 7), (64, 128, 512), (13, 32, 3), (1030, 40, 9)])
  func equalsDirectSums(rows: Int, columns: Int, inner: Int) throws {
    for lanes in Engine.availableLanes {
      let engine = try Engine(lanes: lanes)
      for (aTransposed, bTransposed) in [
        (false, false), (true, false), (false, true), (true, true),
      ] {
        let a = noise(1 << 32, rows * inner)
        let b = noise(2 << 32, inner * columns)
        var c = [Float](repeating: 0.5, count: rows * columns)
        var exact = [Float]()
        for i in 0..<rows {
          for j in 0..<columns {
            exact.append(
              Float(
                (0..<inner).reduce(0.5) { sum, l in
                  let x = aTransposed ? a[l * rows + i] : a[i * inner + l]
                  let y = bTransposed ? b[j * inner + l] : b[l * columns + j]
                  return sum + Double(x) * Double(y)
                }))
          }
        }
        engine.product(
          rows: rows, columns: columns, inner: inner, a, aTransposed: aTransposed, b,
          bTransposed: bTransposed, into: &c, accumulate: true)
        #expect(relativeError(c, exact) < 1e-5)
      }
    }
  }
}
