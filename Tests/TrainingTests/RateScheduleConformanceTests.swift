import TestSupport
import Testing
import Training

/// What every rate schedule of the catalogue keeps, by its name alone.
@Suite struct RateScheduleConformanceTests {
  @Test(arguments: rateSchedules.names) func defaultsResolveToThemselves(name: String) throws {
    let (once, twice) = try resolvedTwice(name, in: rateSchedules)
    #expect(twice == once)
  }

  /// The rate of the job file is the largest, and the first step has it. It does not rise within a
  /// client's training, and is the same whenever it is asked for.
  @Test(arguments: rateSchedules.names, [1, 5, 60]) func factors(name: String, epochs: Int) throws {
    let rounds = 10
    let (schedule, again) = (try rateSchedules.make(name), try rateSchedules.make(name))
    #expect(schedule.factor(epoch: 0, of: epochs, round: 0, of: rounds) == 1)
    for round in 0..<rounds {
      let factors = (0..<epochs).map {
        schedule.factor(epoch: $0, of: epochs, round: round, of: rounds)
      }
      #expect(factors.allSatisfy { $0 > 0 && $0 <= 1 }, "round \(round): \(factors)")
      #expect(zip(factors, factors.dropFirst()).allSatisfy { $0 >= $1 }, "round \(round)")
      let backwards = (0..<epochs).reversed().map {
        again.factor(epoch: $0, of: epochs, round: round, of: rounds)
      }
      #expect(factors == backwards.reversed())
    }
  }
}
