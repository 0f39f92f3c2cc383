import Foundation

/// A folder that is removed with the last reference to it.
public final class TemporaryFolder {
  public let path: String

  public init() {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "motet-\(UUID().uuidString)")
    try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something inside.
  public func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a text file and returns its path.
  @discardableResult
  public func write(_ name: String, _ text: String) -> String {
    let url = URL(fileURLWithPath: path(name))
    try! FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try! Data(text.utf8).write(to: url)
    return url.path
  }

  /// The names inside, sorted.
  public var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
