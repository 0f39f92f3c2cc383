/// A rank was asked to end, and all ranks give up what they do together.
public struct WorkStopped: Error, CustomStringConvertible {
  public init() {}

  public var description: String { "stopped by a signal" }
}

extension Communicator {
  /// Runs long work on rank 0 alone. All ranks throw if it does; and `WorkStopped`, where one of
  /// them was asked to end. A collective: the others ask each time that rank 0 does.
  /// - Parameter body: calls `pause` now and then, and lets through what that throws.
  public func workOnRoot(
    isStopped: @escaping () -> Bool, _ body: (_ pause: () throws -> Void) throws -> Void
  ) throws {
    let (goesOn, stops, isDone): (Int64, Int64, Int64) = (0, 1, 2)
    guard rank == 0 else {
      var said = goesOn
      while said == goesOn { said = try maximum(isStopped() ? stops : goesOn) }
      if said == stops { throw WorkStopped() }
      return try agree {}
    }
    let clock = ContinuousClock()
    var next = clock.now
    var hasStopped = false
    let outcome = Result {
      try body {
        guard clock.now >= next else { return }
        // Not in each pause, of which there may be thousands a second.
        next = clock.now + .milliseconds(500)
        hasStopped = try maximum(isStopped() ? stops : goesOn) == stops
        if hasStopped { throw WorkStopped() }
      }
    }
    if hasStopped { throw WorkStopped() }
    _ = try maximum(isDone)
    try agree { try outcome.get() }
  }

  /// Throws `WorkStopped` on all ranks where one of them was asked to end. A collective: long work
  /// that ranks share asks every few seconds.
  public func continueUnless(_ isStopped: () -> Bool) throws {
    if try maximum(isStopped() ? 1 : 0) > 0 { throw WorkStopped() }
  }
}
