import Foundation
import Synchronization

/// SIGTERM, SIGUSR1, SIGINT and SIGHUP: the time limit is near, or somebody wants the work to end.
/// It ends within seconds, and gives up the round: a client at full size may take longer than the
/// warning is early.
public enum StopSignal {
  /// The exit code that means: what is complete is kept, run me again.
  public static let exitCode: Int32 = 85

  /// The number of the first that came; 0 before.
  private static let received = Atomic<Int32>(0)

  private static let numbers = [SIGTERM, SIGUSR1, SIGINT, SIGHUP]
  /// A shell's background jobs and nohup ignore these.
  private static let mayBeIgnored = [SIGINT, SIGHUP]

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// From now on the signals only leave a note; a second SIGINT ends the process. Signals that
  /// whoever started it had it ignore, as nohup does, it goes on ignoring.
  public static func install() {
    // Touched once, so that nothing is initialised inside the handler.
    received.store(0, ordering: .relaxed)
    var stops = sigset_t()
    sigemptyset(&stops)
    for number in numbers where !isIgnored(number) || !mayBeIgnored.contains(number) {
      sigaddset(&stops, number)
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        StopSignal.received.store(number, ordering: .relaxed)
      }
      action.sa_flags =
        SA_RESTART | (number == SIGINT ? Int32(bitPattern: UInt32(SA_RESETHAND)) : 0)
      sigaction(number, &action, nil)
    }
    // Whoever started this process may have left them blocked.
    pthread_sigmask(SIG_UNBLOCK, &stops, nil)
  }

  /// For what heeds no note: the signals end the process again, and at once where one came.
  public static func remove() {
    for number in numbers where !isIgnored(number) { signal(number, SIG_DFL) }
    let number = received.load(ordering: .relaxed)
    if number != 0 { raise(number) }
  }

  public static var isReceived: Bool { received.load(ordering: .relaxed) != 0 }
}
