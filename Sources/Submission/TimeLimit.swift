import Catalogues
import Foundation

/// A time limit as Slurm writes it.
struct TimeLimit: Comparable, CustomStringConvertible {
  let minutes: Int

  init(minutes: Int) { self.minutes = minutes }

  /// Of a text, as in `30` (minutes), `30:00`, `24:00:00`, `2-12` or `2-12:00:00`; seconds count as
  /// a minute begun.
  /// - Parameter key: what says it, for the error.
  init(_ text: String, _ key: String) throws(ConfigurationError) {
    let days = text.split(separator: "-", omittingEmptySubsequences: false)
    let parts = days[days.count - 1].split(separator: ":", omittingEmptySubsequences: false)
      .map(Self.number)
    let day = days.count == 2 ? Self.number(days[0]) : 0
    guard let day, days.count <= 2, parts.count <= 3, !parts.contains(nil) else {
      throw ConfigurationError(
        key, "expected a time as Slurm writes it, as in 24:00:00, not '\(text)'")
    }
    let numbers = parts.map { $0! }
    // After days come hours; without them one or two numbers are minutes and seconds.
    let first = days.count == 2 || numbers.count == 3 ? 3600 : 60
    let seconds = zip(numbers, [first, first / 60, first / 3600]).reduce(0) { $0 + $1.0 * $1.1 }
    minutes = day * 1440 + (seconds + 59) / 60
    try ConfigurationError.require(minutes > 0, key, "a time limit of nothing")
  }

  /// Of digits, and not more of them than any time limit has.
  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (48...57).contains($0) } && text.utf8.count <= 7 ? Int(text) : nil
  }

  static func < (one: TimeLimit, other: TimeLimit) -> Bool { one.minutes < other.minutes }

  var description: String {
    let hours = minutes / 60 % 24
    let clock = String(format: "%02d:%02d:00", minutes >= 1440 ? hours : minutes / 60, minutes % 60)
    return minutes >= 1440 ? "\(minutes / 1440)-\(clock)" : clock
  }
}
