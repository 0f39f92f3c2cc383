import Foundation

/// A lock between processes, also of several nodes where the file system has such locks. It ends
/// with the last process that holds it: a child process holds it too, so that what an ended sweep
/// left running is not started a second time.
public final class FileLock {
  private let descriptor: Int32
  /// Whether the file system has such locks.
  public let isKept: Bool

  /// Nil where another process holds the lock. A file system without locks gives a lock that keeps
  /// nobody out: what it protects must then bear two at a time, or people are told.
  /// - Parameter owner: who this process is, for others.
  public init?(_ path: String, owner: String = "") throws {
    let folder = FileSystem.parent(of: path)
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let descriptor = open(path, O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0o666)
    guard descriptor >= 0 else {
      throw FileError(path: path, message: "cannot be made: \(String(cString: strerror(errno)))")
    }
    isKept = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    guard isKept || errno != EWOULDBLOCK else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    guard isKept, !owner.isEmpty else { return }
    // For people alone: where it cannot be written, the lock is as good.
    ftruncate(descriptor, 0)
    _ = owner.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  /// Who has the lock of a path, or had it last; nil where nobody said.
  public static func owner(_ path: String) -> String? {
    let text = FileSystem.contents(path).map { String(decoding: $0, as: UTF8.self) }
    return text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether a process of this machine holds the lock of a path. By the kernel's list: to try the
  /// lock would keep others out for that moment.
  public static func isHeld(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0,
      let list = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
    else { return false }
    // "1: FLOCK  ADVISORY  WRITE 4313 fe:00:5316758 0 EOF": of the device its two numbers.
    let device = [status.st_dev >> 8 & 0xfff, status.st_dev & 0xff | status.st_dev >> 12 & 0xfff00]
    return list.split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      guard words.count > 5, words[1] == "FLOCK" else { return false }
      let numbers = words[5].split(separator: ":")
      guard numbers.count == 3, numbers[2] == "\(status.st_ino)" else { return false }
      // A file system without a device of its own (btrfs, overlay) has other numbers there.
      let found = numbers.prefix(2).map { UInt($0, radix: 16) }
      return found == device || found[0] == 0
    }
  }

  deinit { close(descriptor) }

  /// Waits for the lock; nil where `isStopped` becomes true first.
  public static func wait(_ path: String, isStopped: () -> Bool) throws -> FileLock? {
    while true {
      if let lock = try FileLock(path) { return lock }
      if isStopped() { return nil }
      usleep(100_000)
    }
  }
}
