/// A picture or sound that cannot be read or written: which file, and why.
public struct MediaError: Error, CustomStringConvertible, Equatable {
  public let path: String
  public let message: String

  public init(_ path: String, _ message: String) {
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}
