import Foundation
import Machines

/// Progress of a long task on standard error: a bar on a terminal, elsewhere a line now and then.
final class ProgressLine {
  private let title: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant
  private var hasBar = false

  init(_ title: String) {
    self.title = title
    shown = start
  }

  /// Shows how much is done, at most ten times a second, or every ten seconds without a terminal.
  func show(_ done: Int, of total: Int) {
    let now = ContinuousClock.now
    guard now - shown >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return }
    shown = now
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 0
    let left = share > 0 ? (now - start) * ((1 - share) / share) : .zero
    let text = "\(title) \(done) of \(total), \(left.components.seconds) s left"
    guard isTerminal else { return Console.note(text) }
    let filled = Int(share * 30)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    StandardStream.error.write("\r\u{1B}[K\(bar) \(text)")
    hasBar = true
  }

  /// Clears the bar.
  func finish() {
    if hasBar { StandardStream.error.write("\r\u{1B}[K") }
    hasBar = false
  }

  // An error that ends the task is printed on a line of its own.
  deinit { finish() }
}
