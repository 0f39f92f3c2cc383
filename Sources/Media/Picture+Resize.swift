extension Picture {
  /// The picture as a square of `side`: scaled so that it fills the square, then the middle cut
  /// out. Bilinear with half-pixel centres; where it shrinks, the triangle is widened by the factor
  /// (antialiased), as torchvision and Pillow do.
  public func filling(side: Int) -> Picture {
    precondition(side > 0)
    guard width != side || height != side else { return self }
    let shorter = min(width, height)
    let scale = Double(shorter) / Double(side)
    let columns = Taps(from: width, to: side, scale: scale)
    let rows = Taps(from: height, to: side, scale: scale)

    // Only the source rows that the square touches are scaled horizontally.
    let touched = rows.first[0]..<(rows.first[side - 1] + rows.weights[side - 1].count)
    var narrow = [Float](repeating: 0, count: touched.count * side * 3)
    for y in touched {
      for x in 0..<side {
        var sum = SIMD3<Float>()
        for (k, weight) in columns.weights[x].enumerated() {
          let at = (y * width + columns.first[x] + k) * 3
          sum += weight * SIMD3(Float(pixels[at]), Float(pixels[at + 1]), Float(pixels[at + 2]))
        }
        let to = ((y - touched.lowerBound) * side + x) * 3
        for c in 0..<3 { narrow[to + c] = sum[c] }
      }
    }
    var result = [UInt8](repeating: 0, count: side * side * 3)
    for y in 0..<side {
      let top = rows.first[y] - touched.lowerBound
      for i in 0..<side * 3 {
        var sum: Float = 0
        for (k, weight) in rows.weights[y].enumerated() {
          sum += weight * narrow[(top + k) * side * 3 + i]
        }
        result[y * side * 3 + i] = UInt8(max(0, min(255, sum.rounded())))
      }
    }
    return Picture(width: side, height: side, pixels: result)
  }
}

/// Along one axis: for each target position the first source position and the weights from there.
private struct Taps {
  var first: [Int] = []
  var weights: [[Float]] = []

  /// `scale` source positions make one target position; what is beyond `to` is cut off evenly.
  init(from: Int, to: Int, scale: Double) {
    let offset = (Double(from) - Double(to) * scale) / 2
    let reach = max(scale, 1)
    for target in 0..<to {
      let centre = (Double(target) + 0.5) * scale + offset
      let low = max(0, Int((centre - reach + 0.5).rounded(.down)))
      let high = max(low + 1, min(from, Int((centre + reach + 0.5).rounded(.down))))
      let raw = (low..<high).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / reach) }
      let sum = raw.reduce(0, +)
      first.append(low)
      weights.append(raw.map { Float($0 / sum) })
    }
  }
}
