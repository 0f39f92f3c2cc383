import Foundation

/// torchvision's `gaussian_blur` of square planes: a normalised kernel of fixed width, mirrored at
/// the border without repeating it.
final class GaussianBlur {
  private let side: Int
  private let radius: Int
  private let weights: Scratch
  private let padded: Scratch
  private let between: Scratch

  /// `kernel` is odd, its half less than `side`.
  init(side: Int, kernel: Int) {
    precondition(kernel % 2 == 1 && kernel / 2 < side, "kernel \(kernel) for side \(side)")
    self.side = side
    radius = kernel / 2
    weights = Scratch(radius + 1)
    padded = Scratch(side + 2 * radius)
    between = Scratch(side * side)
  }

  /// Blurs the first `planes` planes of side × side values in place.
  func blur(_ values: UnsafeMutablePointer<Float>, planes: Int, sigma: Float) {
    let reach = setWeights(sigma)
    guard reach > 0 else { return }
    for plane in 0..<planes {
      let plane = values + plane * side * side
      blurRows(plane, reach)
      blurColumns(plane, reach)
    }
  }

  /// Sets `weights[t]` for distance t and returns the largest t that counts: what lies beyond
  /// 1e-9 cannot change a Float sum.
  private func setWeights(_ sigma: Float) -> Int {
    let weights = weights.base
    let width = Double(sigma)
    var sum = 0.0
    for t in -radius...radius { sum += exp(-Double(t * t) / (2 * width * width)) }
    var reach = 0
    for t in 0...radius {
      let weight = exp(-Double(t * t) / (2 * width * width)) / sum
      weights[t] = Float(weight)
      if weight > 1e-9 { reach = t }
    }
    return reach
  }

  private func blurRows(_ plane: UnsafePointer<Float>, _ reach: Int) {
    let padded = padded.base
    let centre = padded + reach
    for y in 0..<side {
      let row = plane + y * side
      for x in 0..<side { centre[x] = row[x] }
      for t in 1...reach {
        centre[-t] = row[t]
        centre[side - 1 + t] = row[side - 1 - t]
      }
      accumulate(centre, 0, { t in (-t, t) }, reach, into: between.base + y * side)
    }
  }

  private func blurColumns(_ plane: UnsafeMutablePointer<Float>, _ reach: Int) {
    let between = between.base
    let last = side - 1
    for y in 0..<side {
      accumulate(
        between, y * side,
        { t in (abs(y - t) * side, (y + t > last ? 2 * last - y - t : y + t) * side) },
        reach, into: plane + y * side)
    }
  }

  /// target = w₀·line(centre) + Σ wₜ·(line(one) + line(other)), the two lines at distance t;
  /// `line(i)` is `side` values from `lines + i` on.
  @inline(__always)
  private func accumulate(
    _ lines: UnsafePointer<Float>, _ centre: Int, _ pair: (Int) -> (one: Int, other: Int),
    _ reach: Int, into target: UnsafeMutablePointer<Float>
  ) {
    let weights = weights.base
    let middle = weights[0]
    let line = lines + centre
    for x in 0..<side { target[x] = middle * line[x] }
    for t in 1...reach {
      let places = pair(t)
      let one = lines + places.one
      let other = lines + places.other
      let weight = weights[t]
      for x in 0..<side { target[x] += weight * (one[x] + other[x]) }
    }
  }
}
