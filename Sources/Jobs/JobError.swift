import Catalogues

/// A job that cannot be run: the file, the line where it is known, the key and the mend.
public struct JobError: Error, CustomStringConvertible {
  public let path: String
  public let line: Int?
  public let message: String

  public init(path: String, line: Int? = nil, message: String) {
    self.path = path
    self.line = line
    self.message = message
  }

  public var description: String {
    (line.map { "\(path):\($0): \(message)" } ?? "\(path): \(message)").oneLine
  }
}
