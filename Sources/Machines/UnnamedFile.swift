import Foundation

/// A file without a name, which is gone with the process, in memory where the system has a place
/// for that: for readers that want a path, and for programs that write more than a pipe holds.
public final class UnnamedFile {
  public let descriptor: Int32

  /// Throws where no file can be made.
  public init() throws {
    var made: Int32 = -1
    for folder in ["/dev/shm", FileManager.default.temporaryDirectory.path] where made < 0 {
      var name = Array("\(folder)/.motet-XXXXXX".utf8CString)
      made = mkstemp(&name)
      if made >= 0 { unlink(&name) }
    }
    guard made >= 0 else {
      throw Failure(reason: String(cString: strerror(errno)))
    }
    _ = fcntl(made, F_SETFD, FD_CLOEXEC)
    descriptor = made
  }

  deinit { close(descriptor) }

  /// Opening it reads the file from its beginning.
  public var path: String { "/proc/self/fd/\(descriptor)" }

  /// Adds bytes at the end.
  public func append(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      guard count > 0 else { throw Failure(reason: String(cString: strerror(errno))) }
      written += count
    }
  }

  /// All that is in it.
  public var text: String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  /// Why there is none.
  public struct Failure: Error, CustomStringConvertible {
    public let reason: String

    public var description: String {
      "\(FileManager.default.temporaryDirectory.path): no file can be made here: \(reason)"
    }
  }
}
