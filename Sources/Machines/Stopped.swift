/// Work that was asked to stop, and did so where the same command continues.
public struct Stopped: Error, CustomStringConvertible {
  /// What is complete and kept: `round 12`.
  public let last: String

  /// What goes on from there.
  private let continuation: String

  public static let sameCommand = "the same command continues"

  public init(after last: String, continuation: String = sameCommand) {
    self.last = last
    self.continuation = continuation
  }

  public var description: String { "stopped by a signal after \(last); \(continuation)" }
}
