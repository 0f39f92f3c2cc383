import Foundation
import Tensors

extension RandomStream {
  /// The logarithm of a Gamma(shape, 1) draw, by Marsaglia and Tsang (2000). For a shape below 1,
  /// Gamma(shape) is Gamma(shape + 1) · U^(1/shape). A draw itself would underflow: at a shape of
  /// 0.001 nearly all of them are below the smallest Double.
  mutating func logGamma(_ shape: Double) -> Double {
    let boosted = shape < 1 ? shape + 1 : shape
    let d = boosted - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = 1 + c * x
      guard v > 0 else { continue }
      let cube = v * v * v
      let u = 1 - uniformDouble()  // never 0
      guard log(u) < 0.5 * x * x + d - d * cube + d * log(cube) else { continue }
      let draw = log(d) + log(cube)
      return shape < 1 ? draw + log(1 - uniformDouble()) / shape : draw
    }
  }
}
