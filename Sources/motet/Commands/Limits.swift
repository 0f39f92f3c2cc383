import Foundation
import Layers

/// What a core can do at best, measured on the spot: what figures of speed are read against.
enum Limits {
  /// Floating-point operations a second of nothing but multiply-adds, the best of some tries.
  static func peak(_ engine: Engine) -> Double {
    var result: Float = 0
    return best {
      seconds { engine.kernels.multiply_adds(2_000_000, 0.999, 0.001, &result) }
    }
  }

  /// Bytes a second of y += x over arrays that no cache holds: two are read, one is written.
  static func bandwidth(_ engine: Engine) -> Double {
    let count = 32 << 20
    let x = engine.pool.take(count)
    let y = engine.pool.take(count)
    x.floats.update(repeating: 0)
    y.floats.update(repeating: 0)
    return best {
      seconds {
        engine.kernels.add(count, x.pointer, y.pointer)
        return Double(3 * count * MemoryLayout<Float>.stride)
      }
    }
  }

  /// What `body` returns, over the seconds that it takes.
  private static func seconds(_ body: () -> Double) -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    let amount = body()
    return amount / (Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
  }

  private static func best(_ body: () -> Double) -> Double {
    (0..<5).map { _ in body() }.max()!
  }
}
