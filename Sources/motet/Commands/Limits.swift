import Foundation
import Layers

/// What a core can do at best, measured on the spot: what figures of speed are read against.
enum Limits {
  /// Floating-point operations a second of nothing but multiply-adds, the best of some tries.
  static func peak(_ engine: Engine) -> Double {
    var result: Float = 0
    return (0..<5).map { _ in
      let start = DispatchTime.now().uptimeNanoseconds
      let operations = engine.kernels.multiply_adds(2_000_000, 0.999, 0.001, &result)
      return operations / (Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
    }.max()!
  }
}
