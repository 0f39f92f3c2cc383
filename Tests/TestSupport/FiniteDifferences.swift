import Foundation
import Tensors

/// Compares a gradient with central differences of `loss` along random directions.
///
/// Along a direction d the slope is (f(x + h d) − f(x − h d)) / 2h, and must equal ⟨gradient, d⟩.
/// A direction moves every value at once, so few of them check all. Returns the worst relative
/// difference.
/// - Parameter isFree: whether a value may be moved.
public func worstSlopeError(
  of values: UnsafeMutableBufferPointer<Float>, gradient: [Float], step: Float,
  directions: Int = 3, isFree: (Int) -> Bool = { _ in true }, loss: () -> Double
) -> Double {
  let original = Array(values)
  // A direction that leans on the gradient gives a slope well above the rounding of the loss.
  let length = Float(norm(gradient))
  var worst = 0.0
  for index in 0..<directions {
    let random = noise(UInt64(9000 + index) << 32, values.count)
    let scale = Float(norm(random))
    let direction = values.indices.map { i in
      isFree(i) ? 0.5 * random[i] / scale + (length > 0 ? 0.5 * gradient[i] / length : 0) : 0
    }
    func at(_ h: Float) -> Double {
      for i in 0..<values.count { values[i] = original[i] + h * direction[i] }
      return loss()
    }
    let numeric = (at(step) - at(-step)) / (2 * Double(step))
    let exact = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    worst = max(worst, abs(numeric - exact) / max(abs(exact), 1e-3 * Double(length), 1e-12))
  }
  _ = values.update(from: original)
  return worst
}
