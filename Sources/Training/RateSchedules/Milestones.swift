import Catalogues

/// A tenth of the rate from 60 % of the epochs on, a hundredth from 80 % on: the linear probe's and
/// fine-tuning's schedule (FSSUAVL §4: 36 and 48 of 60).
public struct Milestones: PlugIn, RateSchedule {
  public static let name = "milestones"
  public static let summary = "a tenth of the rate after 60 % of the epochs, a hundredth after 80 %"
  public static var defaults: NoOptions { NoOptions() }

  public init(_ options: NoOptions) {}

  public func factor(epoch: Int, of epochs: Int, round: Int, of rounds: Int) -> Double {
    // In whole numbers: 0.6 is not one in binary.
    let passed = [6, 8].count { 10 * epoch >= $0 * epochs }
    return [1, 0.1, 0.01][passed]
  }
}
