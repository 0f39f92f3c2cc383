import Foundation
import Testing
import Training

/// What every rate schedule of the catalogue keeps, by its name alone.
@Suite struct RateScheduleTests {
  /// Factors are finite, from 0 to 1, and none is above that of the first epoch.
  @Test(arguments: rateSchedules.names, [1, 2, 5, 60])
  func factorsFallFromTheFirst(name: String, epochs: Int) throws {
    let schedule = try rateSchedules.make(name)
    for rounds in [1, 3, 100] {
      for round in 0..<rounds {
        let factors = (0..<epochs).map {
          schedule.factor(epoch: $0, of: epochs, round: round, of: rounds)
        }
        #expect(factors.allSatisfy { (0...1).contains($0) })
        #expect(factors.max() == factors[0])
      }
      let first = (0..<rounds).map { schedule.factor(epoch: 0, of: epochs, round: $0, of: rounds) }
      #expect(first.max() == first[0])
    }
  }

  @Test(arguments: rateSchedules.names) func defaultsResolveToThemselves(name: String) throws {
    let resolved = try rateSchedules.resolve(name)
    let again = try rateSchedules.resolve(resolved)
    #expect(again == resolved)
  }
}
