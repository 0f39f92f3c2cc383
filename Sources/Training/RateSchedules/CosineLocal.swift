import Catalogues
import Foundation

/// Restarts in each client and round, and falls over its local epochs: ½ (1 + cos(π e / E)) at
/// epoch e of E (L-DAWA's code; reads both of the paper's sentences on the rate as true).
public struct CosineLocal: PlugIn, RateSchedule {
  public static let name = "cosine-local"
  public static let summary = "a cosine over a client's local epochs, the same in every round"
  public static var defaults: NoOptions { NoOptions() }

  public init(_ options: NoOptions) {}

  public func factor(epoch: Int, of epochs: Int, round: Int, of rounds: Int) -> Double {
    0.5 * (1 + cos(.pi * Double(epoch) / Double(epochs)))
  }
}
