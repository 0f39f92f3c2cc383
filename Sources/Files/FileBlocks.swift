import Foundation

/// A file's bytes, by place. What goes wrong is one line with the file's path.
final class FileBlocks {
  let path: String
  /// Bytes in all.
  private(set) var count: Int
  private let descriptor: Int32

  /// An existing file.
  convenience init(_ path: String, writable: Bool = false) throws(FileError) {
    try self.init(path, flags: writable ? O_RDWR : O_RDONLY | O_NONBLOCK, for: "read")
  }

  /// A new one, where nothing has its name.
  convenience init(creating path: String) throws(FileError) {
    try self.init(path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, for: "written")
  }

  private init(_ path: String, flags: Int32, for use: String) throws(FileError) {
    self.path = path
    descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(path: path, cannotBe: use, "open") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(path: path, message: "this is a folder, a pipe or a device, and no file")
    }
    count = Int(status.st_size)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The bytes from a place on, so many or up to the file's end.
  func read(_ most: Int, at place: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < most {
      let wanted = most - bytes.count
      var got = 0
      let part = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, used in
        repeat {
          got = pread(descriptor, buffer.baseAddress, wanted, off_t(place + bytes.count))
        } while got < 0 && errno == EINTR
        used = max(0, got)
      }
      guard got >= 0 else { throw FileError(path: path, cannotBe: "read", "read") }
      guard got > 0 else { break }
      if bytes.isEmpty { bytes = part } else { bytes += part }
    }
    return bytes
  }

  /// Adds bytes at the end.
  func append(_ bytes: [UInt8]) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(count))
      }
      guard put >= 0 || errno == EINTR else {
        throw FileError(path: path, cannotBe: "written", "write")
      }
      done += max(0, put)
      count += max(0, put)
    }
  }
}
