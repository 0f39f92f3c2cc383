import Foundation
import Layers
import Machines
import Tensors

/// What this machine can do at best, measured on the spot: what figures of speed are read against.
enum Limits {
  /// Floating-point operations a second of nothing but multiply-adds, on one thread: the best of
  /// some tries.
  static func peak(_ engine: Engine) -> Double {
    var result: Float = 0
    return best { engine.kernels.multiply_adds(2_000_000, 0.999, 0.001, &result) }
  }

  /// Bytes a second between memory and one thread, of a sum of two vectors (STREAM's triad): the
  /// best of some tries. Four for each value: a store reads its line first.
  static func bandwidth(_ engine: Engine) -> Double {
    // 192 MiB, more than any cache.
    let count = 1 << 24
    let vectors = (0..<3).map { _ in allocate(count + 4096) as UnsafeMutableBufferPointer<Float> }
    defer { for vector in vectors { UnsafeMutableRawPointer(vector.baseAddress!).deallocate() } }
    for vector in vectors { vector.initialize(repeating: 1) }
    // At other places within a page, where loads from one are not mistaken for stores to another.
    let places = vectors.enumerated().map { $1.baseAddress! + 272 * $0 }
    return best {
      engine.kernels.stream(count, places[0], places[1], 0.5, places[2])
      return Double(4 * count * MemoryLayout<Float>.stride)
    }
  }

  /// The most work a second of five tries.
  private static func best(_ work: () -> Double) -> Double {
    (0..<5).map { _ in
      var amount = 0.0
      let seconds = Machines.seconds { amount = work() }
      return amount / seconds
    }.max()!
  }
}
