import Catalogues
import Foundation

/// Falls over the rounds, constant within one: ½ (1 + cos(π r / R)) in round r of R, r from 0.
public struct CosineRounds: PlugIn, RateSchedule {
  public static let name = "cosine-rounds"
  public static let summary = "a cosine over the rounds"
  public static var defaults: NoOptions { NoOptions() }

  public init(_ options: NoOptions) {}

  public func factor(epoch: Int, of epochs: Int, round: Int, of rounds: Int) -> Double {
    0.5 * (1 + cos(.pi * Double(round) / Double(rounds)))
  }
}
