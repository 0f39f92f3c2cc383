import Tensors
import Testing

@Suite struct BufferPoolTests {
  /// The same requests find the same places; blocks never overlap; freed neighbours join.
  @Test func recycles() {
    let pool = BufferPool()
    var random = RandomStream(seed: 1, purpose: .sampling)
    let sizes = (0..<200).map { _ in 1 + random.index(below: 5000) }
    func cycle() -> [UnsafeMutablePointer<Float>] {
      var held: [Buffer] = []
      var places: [UnsafeMutablePointer<Float>] = []
      for (i, size) in sizes.enumerated() {
        let buffer = pool.take(size)
        buffer.floats.update(repeating: Float(i))
        held.append(buffer)
        places.append(buffer.pointer)
        if i % 3 == 2 { held.remove(at: held.count / 2) }
      }
      for buffer in held { #expect(buffer.floats.allSatisfy { $0 == buffer.pointer[0] }) }
      return places
    }
    let first = cycle()
    let growths = pool.growths
    let highWater = pool.highWater
    #expect(cycle() == first)
    #expect(pool.growths == growths)
    // Everything is free again: one block of all of it fits without growth.
    _ = pool.take(highWater / 4 - 64)
    #expect(pool.growths == growths)
  }
}
