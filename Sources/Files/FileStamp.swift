import Foundation

/// Size and time of a file: what was read from it holds while they are the same.
public struct FileStamp: Sendable, Equatable {
  public let bytes: Int64
  /// Nanoseconds since 1970.
  public let modified: Int64

  /// The stamp of a path where there is no file.
  public static let missing = FileStamp(bytes: 0, modified: 0)

  public init(bytes: Int64, modified: Int64) {
    self.bytes = bytes
    self.modified = modified
  }

  /// Nil where there is no such file.
  public init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    bytes = Int64(status.st_size)
    // A file may be of any year: what is beyond 2262 begins again.
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
  }
}
