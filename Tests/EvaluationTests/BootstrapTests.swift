import TestSupport
import Testing

@testable import Evaluation

@Suite struct BootstrapTests {
  /// Of many samples, the normal approximation's: 1.96 √(p (1 − p) / n) to either side.
  @Test(arguments: [0.1, 0.5, 0.92]) func isAsWideAsTheory(share: Double) throws {
    let count = 2000
    let values = (0..<count).map { Double($0) < share * Double(count) ? 1.0 : 0.0 }
    let interval = try #require(Bootstrap(resamples: 4000).interval(of: values))
    let half = 1.96 * (share * (1 - share) / Double(count)).squareRoot()
    #expect(abs(interval.low - (share - half)) < 0.1 * half)
    #expect(abs(interval.high - (share + half)) < 0.1 * half)
  }

  @Test func isTheSameEveryTime() throws {
    let values = noise(1 << 32, 50).map { Double($0) }
    let first = try #require(Bootstrap().interval(of: values))
    let second = try #require(Bootstrap().interval(of: values))
    let other = try #require(Bootstrap(seed: 2).interval(of: values))
    #expect(first == second)
    #expect(first != other)
  }

  @Test func edges() throws {
    #expect(Bootstrap().interval(of: []) == nil)
    #expect(Bootstrap().interval(of: [0.5]) == .init(low: 0.5, high: 0.5))
    #expect(Bootstrap().interval(of: [1, 1, 1]) == .init(low: 1, high: 1))
  }
}
