import Catalogues

/// The base rate throughout.
public struct Constant: PlugIn, RateSchedule {
  public static let name = "constant"
  public static let summary = "the same rate throughout"
  public static var defaults: NoOptions { NoOptions() }

  public init(_ options: NoOptions) {}

  public func factor(epoch: Int, of epochs: Int, round: Int, of rounds: Int) -> Double { 1 }
}
