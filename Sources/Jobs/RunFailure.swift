import Files
import Foundation

/// Why the last attempt at a run failed, kept in the run's folder until the next attempt.
public struct RunFailure: Codable, Equatable {
  public static let fileName = "failure.json"

  /// "shards", "run", "evaluate" or "embed".
  public let stage: String
  /// The exit code.
  public let status: Int32
  /// The line that said why.
  public let message: String

  public static func read(in folder: String) -> RunFailure? {
    FileSystem.contents("\(folder)/\(fileName)")
      .flatMap { try? JSONDecoder().decode(Self.self, from: Data($0)) }
  }

  public init(stage: String, status: Int32, message: String) {
    (self.stage, self.status, self.message) = (stage, status, message)
  }

  /// Best effort: where even this cannot be written, the run is as unfinished as it was.
  public func write(in folder: String) {
    try? FileSystem.makeFolder(folder)
    try? FileSystem.write(JSONEncoder().encode(self), to: "\(folder)/\(Self.fileName)")
  }

  public static func clear(in folder: String) { unlink("\(folder)/\(fileName)") }
}
