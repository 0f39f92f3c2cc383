import Tensors

/// Memory that a view maker keeps between views; grows, never shrinks.
final class Scratch {
  private(set) var floats: UnsafeMutableBufferPointer<Float>

  init(_ count: Int = 0) { floats = allocate(count) }

  deinit { free() }

  /// At least `count` values, uninitialised.
  func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    if floats.count < count {
      free()
      floats = allocate(count)
    }
    return base
  }

  var base: UnsafeMutablePointer<Float> { floats.baseAddress! }

  private func free() { floats.baseAddress.map { UnsafeMutableRawPointer($0).deallocate() } }
}
