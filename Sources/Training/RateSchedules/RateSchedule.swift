import Catalogues

/// How the learning rate changes over local epochs and rounds.
public protocol RateSchedule: Sendable {
  /// The factor on the base rate; epochs and rounds count from 0 here.
  func factor(epoch: Int, of epochs: Int, round: Int, of rounds: Int) -> Double
}

/// Every rate schedule that a job file can name.
public let rateSchedules = Catalogue<any RateSchedule>(
  "rate schedule",
  [
    .init(CosineLocal.self) { $0 },
    .init(Constant.self) { $0 },
    .init(CosineRounds.self) { $0 },
    .init(Milestones.self) { $0 },
  ])
