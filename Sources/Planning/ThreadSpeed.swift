/// How many times as fast T threads are as one: measured for two, beyond that by Amdahl's law from
/// that measurement.
struct ThreadSpeed: Equatable, Sendable {
  /// Two threads that were this many times as fast as one were measured on a machine that did
  /// something else beside.
  private static let mostCredible = 2.2

  /// Of two threads.
  let second: Double
  /// The share of a step that does not gain, as the measurement has it: it may be impossible.
  var measuredSerial: Double { significant(2 / second - 1, 4) }
  /// The share of a step that does not gain: 0 where two threads were twice as fast, or faster, and
  /// 1 where they were no faster than one.
  var serial: Double { min(1, max(0, measuredSerial)) }

  /// - Parameters:
  ///   - one: seconds of a step on one thread.
  ///   - two: of the same on two.
  init(one: Double, two: Double) { second = significant(one / two, 4) }

  func callAsFunction(_ threads: Int) -> Double {
    switch threads {
    case 1: 1
    case 2: second
    // Two threads that are slower than one promise nothing of more.
    default: second <= 1 ? second : significant(1 / (serial + (1 - serial) / Double(threads)), 4)
    }
  }

  /// What is wrong with a measurement that no step can have; nil where it may be true.
  var warning: String? {
    guard second <= 1 || second > Self.mostCredible else { return nil }
    return "two threads were \(number(second)) times as fast as one, so other work was measured as "
      + "well"
      + (second <= 1 ? "; of more threads no gain is counted" : "")
      + ": plan on an idle machine of two cores, or with --speeds of one"
  }
}
