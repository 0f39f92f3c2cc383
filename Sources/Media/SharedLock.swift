import Foundation

/// A lock that many may share, or one holds alone.
final class SharedLock: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)

  init() { pthread_rwlock_init(lock, nil) }

  deinit {
    pthread_rwlock_destroy(lock)
    lock.deallocate()
  }

  func share() { pthread_rwlock_rdlock(lock) }
  func exclude() { pthread_rwlock_wrlock(lock) }
  func end() { pthread_rwlock_unlock(lock) }
}
