import Foundation

extension SampleStore {
  /// The store's name in tables.
  public var name: String { Self.name(of: path) }

  /// What tables call the store at a path: its file's name without the ending.
  public static func name(of path: String) -> String {
    URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }
}
