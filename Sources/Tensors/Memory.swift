import Foundation

/// What x86-64 and most ARM systems have beside small pages.
private let hugePage = 2 << 20

/// Uninitialised memory for `count` values, aligned to 64 bytes. To be deallocated.
///
/// Models are tens of MiB, and a step passes through several of them: blocks of that size lie in
/// huge pages where the system has any.
public func allocate<Value: BitwiseCopyable>(_ count: Int) -> UnsafeMutableBufferPointer<Value> {
  let size = max(64, count * MemoryLayout<Value>.stride)
  let isLong = size >= 2 * hugePage
  // Swift's own traps where there is none; `deallocate` gives this back as well, by `free`.
  var block: UnsafeMutableRawPointer?
  guard posix_memalign(&block, isLong ? hugePage : 64, size) == 0, let bytes = block else {
    endOutOfMemory("the system gives no \(size >> 20) MiB more")
  }
  if isLong { madvise(bytes, size, MADV_HUGEPAGE) }
  return UnsafeMutableBufferPointer(
    start: bytes.bindMemory(to: Value.self, capacity: count), count: count)
}
