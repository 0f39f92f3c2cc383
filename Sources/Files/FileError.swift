import Foundation

/// A file or folder with which something cannot be done: its path and why, in one line.
public struct FileError: Error, CustomStringConvertible {
  public let path: String
  public let message: String

  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  /// Of a system call that has just failed.
  init(path: String, cannotBe use: String, _ call: String) {
    let reason = String(cString: strerror(errno))
    self.init(path: path, message: "cannot be \(use) (\(call): \(reason))")
  }

  public var description: String { "\(path): \(message)" }
}
