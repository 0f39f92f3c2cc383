import Catalogues

/// What is wrong with a sample store, a folder to import or a folder of shards: the file (or
/// folder) and the mend, in one line.
public struct StoreError: Error, CustomStringConvertible, Equatable {
  public let path: String
  public let message: String

  public init(_ path: String, _ message: String) {
    self.path = path
    self.message = message
  }

  /// A store that has all but samples, where samples are needed.
  static func outline(_ path: String) -> StoreError {
    StoreError(
      path, "is an outline without samples, good for plans alone; import the data set in its place")
  }

  public var description: String { "\(path): \(message)".oneLine }
}
