/// Memory for a training step, recycled by size.
///
/// A step asks for the same sizes in the same order every time, so after the first one nothing is
/// asked of the system any more: `allocations` stands still, which a test checks. Not thread-safe.
public final class BufferPool {
  private var free: [Int: [UnsafeMutableRawPointer]] = [:]
  /// How many blocks were asked of the system so far.
  public private(set) var allocations = 0
  /// Bytes asked of the system and not given back.
  public private(set) var bytes = 0

  public init() {}

  deinit { release() }

  /// A buffer of `count` uninitialised values, aligned to 64 bytes.
  public func take(_ count: Int) -> Buffer {
    let size = Self.rounded(count * MemoryLayout<Float>.stride)
    if let block = free[size]?.popLast() { return Buffer(block, count: count, size: size, self) }
    allocations += 1
    bytes += size
    let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    return Buffer(block, count: count, size: size, self)
  }

  /// Gives all unused memory back to the system: between phases whose sizes differ.
  public func release() {
    for (size, blocks) in free {
      for block in blocks { block.deallocate() }
      bytes -= size * blocks.count
    }
    free = [:]
  }

  fileprivate func giveBack(_ block: UnsafeMutableRawPointer, size: Int) {
    free[size, default: []].append(block)
  }

  /// Sizes are rounded so that an incomplete last batch finds the blocks of nearly its size.
  private static func rounded(_ bytes: Int) -> Int { max(64, (bytes + 63) / 64 * 64) }
}

/// A block of Float32 values that returns to its pool when nothing holds it any more.
public final class Buffer {
  public let floats: UnsafeMutableBufferPointer<Float>
  private let block: UnsafeMutableRawPointer
  private let size: Int
  private let pool: BufferPool

  fileprivate init(_ block: UnsafeMutableRawPointer, count: Int, size: Int, _ pool: BufferPool) {
    self.block = block
    self.size = size
    self.pool = pool
    floats = UnsafeMutableBufferPointer(
      start: block.bindMemory(to: Float.self, capacity: count), count: count)
  }

  deinit { pool.giveBack(block, size: size) }

  /// The first value's address.
  @inline(__always)
  public var pointer: UnsafeMutablePointer<Float> { floats.baseAddress! }
}
