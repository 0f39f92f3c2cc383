import Foundation

/// Integers that the ranks of a group on one node have in common. Each adds to them while others
/// still train: what is left to do in a group when the last is ready is nothing, and the node holds
/// them once, however many ranks it has.
///
/// They are cut into stripes, each with a lock.
public final class SharedIntegers {
  public let values: UnsafeMutableBufferPointer<Int64>
  public let group: RankGroup
  private let memory: UnsafeMutableRawPointer
  private let size: Int

  /// Places of a stripe: 512 KiB, which a core's cache holds.
  public static let stripe = 1 << 16
  /// Bytes of a lock, a cache line or more: two that two ranks use are never in one.
  private static let lockSize = 128
  /// Where the system keeps memory with a name.
  static let folder = "/dev/shm"

  public var stripes: Int { (values.count + Self.stripe - 1) / Self.stripe }

  /// Zero everywhere. A collective of the group. Nil, on all its ranks, where the node gives no
  /// such memory: in a container it may be small.
  public init?(count: Int, _ group: RankGroup) throws {
    self.group = group
    let locks = (count + Self.stripe - 1) / Self.stripe
    size = Self.lockSize * locks + MemoryLayout<Int64>.stride * count
    var name = Array("\(Self.folder)/motet-XXXXXX".utf8CString).map { UInt8(bitPattern: $0) }
    var descriptor: Int32 = -1
    if group.rank == 0 { descriptor = Self.create(&name, size) }
    // What could not be made has another name than it should.
    try group.broadcast(&name)
    let path = name.map { CChar(bitPattern: $0) }
    if group.rank > 0 { descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC) }
    let mapped =
      descriptor >= 0
      ? mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0) : MAP_FAILED
    if descriptor >= 0 { close(descriptor) }
    let isThere = mapped != MAP_FAILED
    if isThere, let mapped, group.rank == 0 { Self.makeLocks(mapped, locks) }
    let all = try group.minimum(isThere ? 1 : 0) == 1
    // All have it, or none will: nothing of it outlives a kill.
    if group.rank == 0 { unlink(path) }
    guard all, let mapped else {
      if isThere { munmap(mapped, size) }
      return nil
    }
    memory = mapped
    values = UnsafeMutableBufferPointer(
      start: (mapped + Self.lockSize * locks).bindMemory(to: Int64.self, capacity: count),
      count: count)
  }

  deinit { munmap(memory, size) }

  /// The file, with all of its memory: the system would else give it page by page, and kill who
  /// touches one that is not there. Negative where there is none.
  private static func create(_ name: inout [UInt8], _ size: Int) -> Int32 {
    let made = name.withUnsafeMutableBytes {
      mkstemp($0.baseAddress!.assumingMemoryBound(to: CChar.self))
    }
    guard made >= 0 else { return -1 }
    guard posix_fallocate(made, 0, size) == 0 else {
      close(made)
      return -1
    }
    return made
  }

  private static func makeLocks(_ memory: UnsafeMutableRawPointer, _ count: Int) {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_setpshared(&attributes, Int32(PTHREAD_PROCESS_SHARED))
    for index in 0..<count { pthread_mutex_init(lock(memory, index), &attributes) }
    pthread_mutexattr_destroy(&attributes)
  }

  private static func lock(
    _ memory: UnsafeMutableRawPointer, _ index: Int
  ) -> UnsafeMutablePointer<pthread_mutex_t> {
    (memory + lockSize * index).assumingMemoryBound(to: pthread_mutex_t.self)
  }

  /// The places of a stripe.
  public func range(of stripe: Int) -> Range<Int> {
    stripe * Self.stripe..<min((stripe + 1) * Self.stripe, values.count)
  }

  /// Calls `body` for each stripe, while no other rank has it. Each rank begins with another one.
  public func forEachStripe<Failure>(
    _ body: (_ stripe: Int) throws(Failure) -> Void
  ) throws(Failure) {
    let start = stripes * group.rank / group.size
    for turn in 0..<stripes {
      let stripe = (start + turn) % stripes
      let lock = Self.lock(memory, stripe)
      pthread_mutex_lock(lock)
      defer { pthread_mutex_unlock(lock) }
      try body(stripe)
    }
  }

  /// Makes them zero, each rank its part. A collective of the group, which no rank leaves before
  /// all are; none may begin while another still reads them.
  public func clear() throws {
    for stripe in 0..<stripes where stripe % group.size == group.rank {
      UnsafeMutableBufferPointer(rebasing: values[range(of: stripe)]).update(repeating: 0)
    }
    try group.barrier()
  }
}
