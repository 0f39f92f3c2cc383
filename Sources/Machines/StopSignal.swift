import Foundation
import Synchronization

/// SIGTERM and SIGUSR1: the time limit is near. The run ends after the step that is computed, and
/// gives up the round: a client at full size may take longer than the warning is early.
public enum StopSignal {
  /// The exit code that means: checkpointed, run me again.
  public static let exitCode: Int32 = 85

  private static let received = Atomic<Bool>(false)

  /// From now on the two signals only leave a note.
  public static func install() {
    // Touched once, so that nothing is initialised inside the handler.
    received.store(false, ordering: .relaxed)
    var stops = sigset_t()
    sigemptyset(&stops)
    for number in [SIGTERM, SIGUSR1] {
      sigaddset(&stops, number)
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        StopSignal.received.store(true, ordering: .relaxed)
      }
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
    // Whoever started this process may have left them blocked.
    pthread_sigmask(SIG_UNBLOCK, &stops, nil)
  }

  public static var isReceived: Bool { received.load(ordering: .relaxed) }
}
