import Testing
import Training

@Suite struct RateScheduleTests {
  @Test func cosinesAndConstant() throws {
    let cosine = try rateSchedules.make("cosine-local")
    #expect(cosine.factor(epoch: 0, of: 4, round: 9, of: 10) == 1)
    #expect(abs(cosine.factor(epoch: 2, of: 4, round: 9, of: 10) - 0.5) < 1e-12)
    let rounds = try rateSchedules.make("cosine-rounds")
    #expect(abs(rounds.factor(epoch: 3, of: 4, round: 5, of: 10) - 0.5) < 1e-12)
    let constant = try rateSchedules.make("constant")
    #expect(constant.factor(epoch: 3, of: 4, round: 5, of: 10) == 1)
  }

  /// 36 and 48 of 60 epochs; a step at 60 % and at 80 % of others.
  @Test func milestones() throws {
    let schedule = try rateSchedules.make("milestones")
    func factors(_ epochs: Int) -> [Double] {
      (0..<epochs).map { schedule.factor(epoch: $0, of: epochs, round: 0, of: 1) }
    }
    let sixty = factors(60)
    #expect(sixty[..<36].allSatisfy { $0 == 1 } && sixty[36..<48].allSatisfy { $0 == 0.1 })
    #expect(sixty[48...].allSatisfy { $0 == 0.01 })
    #expect(factors(5) == [1, 1, 1, 0.1, 0.01])
    #expect(factors(1) == [1])
  }
}
