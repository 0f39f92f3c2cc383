/// What is wrong with a sample store, a folder to import or a folder of shards: the file (or folder)
/// and the mend, in one line.
public struct StoreError: Error, CustomStringConvertible, Equatable {
  public let path: String
  public let message: String

  public init(_ path: String, _ message: String) {
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}
