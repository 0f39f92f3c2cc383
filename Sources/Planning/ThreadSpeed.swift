/// How many times as fast T threads are as one: measured for two, beyond that by Amdahl's law from
/// that measurement.
struct ThreadSpeed: Equatable, Sendable {
  /// Of two threads.
  let second: Double
  /// The share of a step that does not gain: 0 where two threads were twice as fast, or faster.
  var serial: Double { significant(max(0, 2 / second - 1), 4) }

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
}
