import Foundation

/// A file or folder with which something cannot be done: its path and why, in one line.
public struct FileError: Error, CustomStringConvertible {
  public let path: String
  public let message: String
  /// Whether the system refused it, so that what the file holds is not known.
  public let isOfSystem: Bool

  public init(path: String, message: String) {
    self.init(path: path, message: message, isOfSystem: false)
  }

  private init(path: String, message: String, isOfSystem: Bool) {
    self.path = path
    self.message = message
    self.isOfSystem = isOfSystem
  }

  /// Of a system call that has just failed.
  init(path: String, cannotBe use: String, _ call: String) {
    let reason = String(cString: strerror(errno))
    self.init(
      path: path, message: "cannot be \(use) (\(call): \(reason))", isOfSystem: true)
  }

  public var description: String { "\(path): \(message)" }
}
