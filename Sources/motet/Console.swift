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
  static var isTerminal: Bool {
    guard isatty(STDOUT_FILENO) == 1 else { return false }
    guard Communicator.isRank else { return true }
    let target = try? FileManager.default.destinationOfSymbolicLink(
      atPath: "/proc/\(getppid())/fd/\(STDOUT_FILENO)")
    return target.map { $0.hasPrefix("/dev/pts/") || $0.hasPrefix("/dev/tty") } ?? false
  }
}
