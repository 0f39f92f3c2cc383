/// Work that was asked to stop, and did so where the same command continues.
public struct Stopped: Error, CustomStringConvertible {
  /// What is complete and kept: `round 12`.
  public let last: String

  public init(after last: String) { self.last = last }

  public var description: String {
    "stopped by a signal after \(last); the same command continues"
  }
}
