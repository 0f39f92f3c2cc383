/// The weights of a linear resampling along one axis, with half-pixel centres: output i is
/// Σ weights[i][t] · input[start[i] + t].
///
/// Enlarging is plain linear interpolation. Shrinking widens the triangle to the ratio of the sizes
/// (PyTorch's `interpolate(mode: "bilinear", antialias: True)`), unless `antialias` is false.
/// Memory is reused from call to call.
final class Taps {
  /// Taps of each output; the same for all, shorter ones are filled up with weight 0.
  private(set) var width = 0
  private(set) var starts: [Int32] = []
  private(set) var weights: [Float] = []

  /// For outputs `range` of `output` from `input` values; `scale` multiplies every weight.
  func set(
    input: Int, output: Int, range: Range<Int>, antialias: Bool = true, scale: Float = 1
  ) {
    let ratio = Double(input) / Double(output)
    let support = antialias ? max(ratio, 1) : 1
    let slope = 1 / support
    width = min(input, Int(2 * support) + 2)
    if ratio <= 1 || !antialias { width = min(input, 2) }
    if starts.count < range.count { starts = [Int32](repeating: 0, count: range.count) }
    if weights.count < range.count * width {
      weights = [Float](repeating: 0, count: range.count * width)
    }
    starts.withUnsafeMutableBufferPointer { starts in
      weights.withUnsafeMutableBufferPointer { weights in
        for (row, i) in range.enumerated() {
          let centre = ratio * (Double(i) + 0.5)
          let first = max(0, Int(centre - support + 0.5))
          let last = min(input, Int(centre + support + 0.5))
          // Where fewer than `width` inputs remain, start earlier: their weight is 0.
          let start = min(first, input - width)
          var sum = 0.0
          for t in first..<last { sum += max(0, 1 - abs(Double(t) + 0.5 - centre) * slope) }
          for t in start..<start + width {
            let inside = t >= first && t < last
            let weight = inside ? max(0, 1 - abs(Double(t) + 0.5 - centre) * slope) / sum : 0
            weights[row * width + t - start] = Float(weight) * scale
          }
          starts[row] = Int32(start)
        }
      }
    }
  }
}
