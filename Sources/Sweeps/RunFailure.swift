import Foundation

/// Why the last attempt at a sweep's run ended, kept in the run's folder until the next attempt.
public struct RunFailure: Codable, Equatable {
  public static let fileName = "failure.json"

  /// "shards", "run", "evaluate" or "embed".
  public let stage: String
  /// The exit code.
  let status: Int32
  /// The line that said why.
  public let message: String

  public static func read(in folder: String) -> RunFailure? {
    FileManager.default.contents(atPath: "\(folder)/\(fileName)")
      .flatMap { try? JSONDecoder().decode(Self.self, from: $0) }
  }

  /// Best effort: where even this cannot be written, the run is as unfinished as it was.
  func write(in folder: String) {
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? JSONEncoder().encode(self).write(
      to: URL(fileURLWithPath: "\(folder)/\(Self.fileName)"), options: .atomic)
  }

  static func clear(in folder: String) { unlink("\(folder)/\(fileName)") }
}
