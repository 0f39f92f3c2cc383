import Foundation

/// Memory for training steps: one region of address space, handed out first fit and joined again
/// when it comes back.
///
/// A step asks for the same sizes in the same order every time, so every step finds the same
/// places: after the first, nothing is asked of the system any more. `growths` then stands still,
/// which a test checks. Not thread-safe.
public final class BufferPool {
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  /// Free pieces below `highWater`, by offset; no two touch.
  private var free: [(offset: Int, size: Int)] = []
  /// Where untouched memory begins: the most bytes that were in use, gaps included.
  public private(set) var highWater = 0
  /// How often the high-water mark rose.
  public private(set) var growths = 0

  public init() {
    var size = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    while true {
      // Address space only: memory comes as it is touched. A limit on it (ulimit -v) may refuse.
      let region = mmap(
        nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
      if let region, region != MAP_FAILED {
        base = region
        break
      }
      size /= 2
      if size <= 1 << 20 { endOutOfMemory("the system gives no address space") }
    }
    capacity = size
    madvise(base, capacity, MADV_HUGEPAGE)
  }

  deinit { munmap(base, capacity) }

  /// A buffer of `count` uninitialised values, aligned to 64 bytes.
  public func take(_ count: Int) -> Buffer {
    let size = Self.padded(count * MemoryLayout<Float>.stride)
    return Buffer(base + place(size), count: count, self)
  }

  private func place(_ size: Int) -> Int {
    if let index = free.firstIndex(where: { $0.size >= size }) {
      let offset = free[index].offset
      free[index].offset += size
      free[index].size -= size
      if free[index].size == 0 { free.remove(at: index) }
      return offset
    }
    // A free piece at the end is lengthened.
    var offset = highWater
    if let last = free.last, last.offset + last.size == highWater {
      offset = last.offset
      free.removeLast()
    }
    if offset + size > capacity {
      endOutOfMemory("a step takes more than \(capacity >> 20) MiB, which the system does not give")
    }
    highWater = offset + size
    growths += 1
    return offset
  }

  fileprivate func giveBack(_ block: UnsafeMutableRawPointer, count: Int) {
    let offset = block - base
    let size = Self.padded(count * MemoryLayout<Float>.stride)
    let next = free.firstIndex { $0.offset > offset } ?? free.count
    let joinsNext = next < free.count && free[next].offset == offset + size
    let joinsLast = next > 0 && free[next - 1].offset + free[next - 1].size == offset
    switch (joinsLast, joinsNext) {
    case (true, true):
      free[next - 1].size += size + free[next].size
      free.remove(at: next)
    case (true, false): free[next - 1].size += size
    case (false, true):
      free[next].offset = offset
      free[next].size += size
    case (false, false): free.insert((offset, size), at: next)
    }
  }

  /// Whole cache lines, and three more, so that arrays of one size do not start at one offset
  /// within a page, where the processor mistakes loads from one for stores to another.
  private static func padded(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 + 192 }
}

/// A block of Float32 values that returns to its pool when nothing holds it any more.
public final class Buffer {
  public let floats: UnsafeMutableBufferPointer<Float>
  private let pool: BufferPool

  fileprivate init(_ block: UnsafeMutableRawPointer, count: Int, _ pool: BufferPool) {
    self.pool = pool
    floats = UnsafeMutableBufferPointer(
      start: block.bindMemory(to: Float.self, capacity: count), count: count)
  }

  deinit { pool.giveBack(UnsafeMutableRawPointer(pointer), count: floats.count) }

  /// The first value's address.
  @inline(__always)
  public var pointer: UnsafeMutablePointer<Float> { floats.baseAddress! }
}
