import Foundation
import Kernels

/// torchvision's `gaussian_blur` of square planes: a normalised kernel of fixed width, mirrored at
/// the border without repeating it.
final class GaussianBlur {
  private let side: Int
  private let radius: Int
  private let kernels: MotetKernels
  private let weights: Scratch
  private let padded: Scratch
  private let between: Scratch
  /// The lines that make one: the middle, then pairs at growing distance.
  private let lines: UnsafeMutableBufferPointer<UnsafePointer<Float>?>

  /// `kernel` is odd, its half less than `side`.
  init(side: Int, kernel: Int, kernels: MotetKernels = widestKernels) {
    precondition(kernel % 2 == 1 && kernel / 2 < side, "kernel \(kernel) for side \(side)")
    self.side = side
    self.kernels = kernels
    radius = kernel / 2
    weights = Scratch(radius + 1)
    padded = Scratch(side + 2 * radius)
    between = Scratch(side * side)
    lines = .allocate(capacity: 2 * radius + 1)
  }

  deinit { lines.deallocate() }

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
      lines[0] = UnsafePointer(centre)
      for t in 1...reach {
        lines[2 * t - 1] = UnsafePointer(centre - t)
        lines[2 * t] = UnsafePointer(centre + t)
      }
      addLines(reach, into: between.base + y * side)
    }
  }

  private func blurColumns(_ plane: UnsafeMutablePointer<Float>, _ reach: Int) {
    let between = UnsafePointer(between.base)
    let last = side - 1
    for y in 0..<side {
      lines[0] = between + y * side
      for t in 1...reach {
        lines[2 * t - 1] = between + abs(y - t) * side
        lines[2 * t] = between + (y + t > last ? 2 * last - y - t : y + t) * side
      }
      addLines(reach, into: plane + y * side)
    }
  }

  private func addLines(_ reach: Int, into target: UnsafeMutablePointer<Float>) {
    kernels.blur_line(side, Int32(reach), weights.base, lines.baseAddress, target)
  }
}
