import Foundation
import Media
import Tensors

/// Procedural images whose class is the pattern that covers them. Colours, light, contrast,
/// polarity, position, size, slight turns and noise are drawn anew for each and say nothing of the
/// class; they are what SimCLR's augmentations vary, so an encoder that becomes invariant to these
/// is left with the pattern.
struct SyntheticImages {
  static let classes = [
    "flat stripes", "upright stripes", "slanted stripes", "checks", "dots", "rings", "crosses",
    "zigzags", "bricks", "triangles", "diamonds", "boxes",
  ]
  let side: Int
  let seed: UInt64

  /// Image number `index` of a class. The same numbers give the same image.
  func make(label: Int, index: Int) -> Picture {
    var random = RandomStream(
      seed: seed, purpose: .synthesis, round: 0, client: label, sample: index)
    let turn = random.uniform(in: -0.25...0.25)
    let period = Float(side) / 48 * exp(random.uniform(in: log(7)...log(13)))
    let (shiftX, shiftY) = (random.uniform(in: 0...8), random.uniform(in: 0...8))
    let mirror: Float = random.chance(0.5) ? -1 : 1

    // Light runs over the picture; the pattern is lighter or darker than it by some contrast.
    let base = colour(&random, lightness: random.uniform(in: 0.2...0.6))
    let other = colour(&random, lightness: random.uniform(in: 0.2...0.6))
    let direction = random.uniform(in: 0...(2 * .pi))
    let tint = colour(&random, lightness: 0.5)
    let contrast = random.uniform(in: 0.15...0.5)
    let noise = random.uniform(in: 0.01...0.06)

    let (cosine, sine) = (cos(turn), sin(turn))
    let edge = 0.7 / period
    var pixels = [UInt8](repeating: 0, count: side * side * 3)
    for y in 0..<side {
      for x in 0..<side {
        let (px, py) = (Float(x) * mirror / period, Float(y) / period)
        let u = px * cosine - py * sine + shiftX
        let v = px * sine + py * cosine + shiftY
        let cover = pattern(label, u, v, edge)
        let along =
          (Float(x) * cos(direction) + Float(y) * sin(direction)) / Float(side) / 2 + 0.5
        for c in 0..<3 {
          let ground = base[c] + (other[c] - base[c]) * along
          let ink = ground + contrast * (0.6 + 0.8 * tint[c])
          let value = ground + (ink - ground) * cover + noise * random.uniform(in: -1.7...1.7)
          pixels[(y * side + x) * 3 + c] = UInt8(max(0, min(255, (value * 255).rounded())))
        }
      }
    }
    return Picture(width: side, height: side, pixels: pixels)
  }

  /// A dull colour of the given lightness.
  private func colour(_ random: inout RandomStream, lightness: Float) -> SIMD3<Float> {
    let tone = SIMD3(
      random.uniform(in: -1...1), random.uniform(in: -1...1), random.uniform(in: -1...1))
    return SIMD3(repeating: lightness) + 0.12 * (tone - SIMD3(repeating: tone.sum() / 3))
  }

  /// How far the pattern covers the point, 0 to 1, in cells of side 1; `edge` is a pixel's width.
  private func pattern(_ label: Int, _ u: Float, _ v: Float, _ edge: Float) -> Float {
    let x = u - floor(u) - 0.5
    let y = v - floor(v) - 0.5
    /// Distance to the nearest line v = n, where lines have the width 0.5.
    func stripe(_ t: Float) -> Float { 0.25 - abs(t - floor(t) - 0.5) }
    func soft(_ inside: Float) -> Float { max(0, min(1, inside / edge + 0.5)) }
    let radius = (x * x + y * y).squareRoot()
    switch Self.classes[label] {
    case "flat stripes": return soft(stripe(v))
    case "upright stripes": return soft(stripe(u))
    case "slanted stripes": return soft(stripe((u + v) * 0.7071))
    case "checks": return soft(x * y > 0 ? min(abs(x), abs(y)) : -min(abs(x), abs(y)))
    case "dots": return soft(0.36 - radius)
    case "rings": return soft(0.1 - abs(radius - 0.32))
    case "crosses": return soft(min(0.42 - max(abs(x), abs(y)), 0.13 - min(abs(x), abs(y))))
    case "zigzags": return soft(stripe(v + 0.8 * abs(x)))
    case "bricks":
      let row = floor(2 * v)
      let shifted = u + (row.truncatingRemainder(dividingBy: 2) == 0 ? 0 : 0.5)
      let joint = min(
        0.5 - abs(shifted - floor(shifted) - 0.5), 0.5 * (0.5 - abs(2 * v - row - 0.5)))
      return soft(joint - 0.07)
    case "triangles": return soft(min(0.4 - y, (y + 0.4) * 0.45 - abs(x) * 0.9 + 0.02))
    case "diamonds": return soft(0.4 - abs(x) - abs(y))
    default: return soft(0.09 - abs(max(abs(x), abs(y)) - 0.33))
    }
  }
}
