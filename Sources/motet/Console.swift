import Catalogues
import Foundation
import Machines
import MessagePassing

/// The two streams. Whole lines at once and unbuffered, so that the lines of several ranks do not
/// mix and an abort loses none.
enum Console {
  static func line(_ text: String) { write(text + "\n") }

  static func write(_ text: String) { StandardStream.output.write(text) }

  /// A warning or an error.
  static func complain(_ text: String) { note("motet: \(text.oneLine)") }

  /// What goes on, beside the results: a line of standard error.
  static func note(_ text: String) {
    StandardStream.error.write("\(text)\n")
  }

  /// Whether a person watches standard output. Open MPI gives every rank a terminal of its own,
  /// wherever mpirun's output goes: then mpirun, the parent, is asked.
  /// One that cannot move its cursor is as good as a file.
  static var isTerminal: Bool {
    guard isatty(STDOUT_FILENO) == 1, ProcessInfo.processInfo.environment["TERM"] != "dumb" else {
      return false
    }
    guard Communicator.isRank else { return true }
    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: launcherOutput)
    return target.map { $0.hasPrefix("/dev/pts/") || $0.hasPrefix("/dev/tty") } ?? false
  }

  /// Columns of the terminal; 80 where it does not say.
  static var width: Int {
    var size = winsize()
    let descriptor =
      Communicator.isRank ? open(launcherOutput, O_RDONLY | O_NOCTTY | O_CLOEXEC) : STDOUT_FILENO
    defer { if descriptor != STDOUT_FILENO, descriptor >= 0 { close(descriptor) } }
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static let launcherOutput = "/proc/\(getppid())/fd/\(STDOUT_FILENO)"
}
