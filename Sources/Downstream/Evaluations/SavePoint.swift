import Machines
import MessagePassing

/// When long work should keep what it has: on a signal, and now and then, for it may be killed.
final class SavePoint {
  /// A kill costs at most this much work.
  private static let interval = Duration.seconds(60)

  enum Due: Equatable {
    case nothing
    case save
    /// Save, and stop.
    case stop
  }

  private let communicator: Communicator
  private var last = ContinuousClock.now

  init(_ communicator: Communicator) { self.communicator = communicator }

  /// A collective: all ranks come to the same answer. Rank 0 looks at the clock.
  func check() throws -> Due {
    let isTime = communicator.rank == 0 && last.duration(to: .now) > Self.interval
    let most = try communicator.maximum(StopSignal.isReceived ? 2 : isTime ? 1 : 0)
    if most > 0 { last = .now }
    return most == 2 ? .stop : most == 1 ? .save : .nothing
  }
}
