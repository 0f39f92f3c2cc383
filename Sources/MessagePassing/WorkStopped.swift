/// A rank was asked to end, and all ranks give up what they do together.
public struct WorkStopped: Error, CustomStringConvertible {
  public init() {}

  public var description: String { "stopped by a signal" }
}

extension Communicator {
  /// Throws `WorkStopped` on all ranks where one of them was asked to end. A collective: long work
  /// that ranks share asks every few seconds.
  public func continueUnless(_ isStopped: () -> Bool) throws {
    if try maximum(isStopped() ? 1 : 0) > 0 { throw WorkStopped() }
  }
}
