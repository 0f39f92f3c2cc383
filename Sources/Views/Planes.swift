import Kernels

/// A colour image as three planes of side × side values between 0 and 1, with torchvision's
/// adjustments on it (`transforms.v2.functional` on float tensors), each in place.
struct Planes {
  let side: Int
  /// [3, side, side].
  let values: UnsafeMutablePointer<Float>

  var count: Int { side * side }
  var red: UnsafeMutablePointer<Float> { values }
  var green: UnsafeMutablePointer<Float> { values + count }
  var blue: UnsafeMutablePointer<Float> { values + 2 * count }

  /// `factor` times every value.
  func adjustBrightness(_ factor: Float) {
    let values = values
    for i in 0..<3 * count { values[i] = unit(factor * values[i]) }
  }

  /// Blend with the mean grey of the whole image. `sums` is scratch of `side` values.
  func adjustContrast(_ factor: Float, sums: UnsafeMutablePointer<Float>) {
    let (r, g, b, values) = (red, green, blue, values)
    // Column sums first: one fixed order that vectorises, and far less rounding than one long sum.
    for x in 0..<side { sums[x] = 0 }
    for y in 0..<side {
      let row = y * side
      for x in 0..<side { sums[x] += luminance(r[row + x], g[row + x], b[row + x]) }
    }
    var sum = 0.0
    for x in 0..<side { sum += Double(sums[x]) }
    let shift = (1 - factor) * Float(sum / Double(count))
    for i in 0..<3 * count { values[i] = unit(factor * values[i] + shift) }
  }

  /// Blend with the grey image.
  func adjustSaturation(_ factor: Float) {
    let (r, g, b) = (red, green, blue)
    let rest = 1 - factor
    for i in 0..<count {
      let grey = rest * luminance(r[i], g[i], b[i])
      r[i] = unit(factor * r[i] + grey)
      g[i] = unit(factor * g[i] + grey)
      b[i] = unit(factor * b[i] + grey)
    }
  }

  /// Turn the hue by `shift` of the colour circle, −0.5 to 0.5.
  ///
  /// HSV there and back without branches: with k = (n + 6 h) mod 6, a channel is
  /// v − v·s·max(0, min(k, 4 − k, 1)), n = 5, 3, 1 for red, green, blue; v·s is the range.
  func adjustHue(_ shift: Float, _ kernels: MotetKernels = widestKernels) {
    kernels.adjust_hue(count, 6 * shift, red, green, blue)
  }

  /// The grey of every pixel, into the first plane alone; the other two no longer count.
  func makeGrey() {
    let (r, g, b) = (red, green, blue)
    for i in 0..<count { r[i] = luminance(r[i], g[i], b[i]) }
  }
}

/// torchvision's weights of ITU-R 601; red is 0.2989 there.
@inline(__always)
private func luminance(_ r: Float, _ g: Float, _ b: Float) -> Float {
  0.2989 * r + 0.587 * g + 0.114 * b
}

// Plain comparisons: each becomes one instruction and lets loops vectorise.
@inline(__always)
private func larger(_ a: Float, _ b: Float) -> Float { a > b ? a : b }
@inline(__always)
private func smaller(_ a: Float, _ b: Float) -> Float { a < b ? a : b }
/// Clamped to 0…1.
@inline(__always)
private func unit(_ x: Float) -> Float { smaller(larger(x, 0), 1) }
