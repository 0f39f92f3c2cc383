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
  let bytes = UnsafeMutableRawPointer.allocate(
    byteCount: size, alignment: isLong ? hugePage : 64)
  if isLong { madvise(bytes, size, MADV_HUGEPAGE) }
  return UnsafeMutableBufferPointer(
    start: bytes.bindMemory(to: Value.self, capacity: count), count: count)
}
