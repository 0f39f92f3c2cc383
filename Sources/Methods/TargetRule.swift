import Catalogues
import Foundation

/// How a target network follows the one that is trained: after each step every trainable parameter
/// of the encoder becomes m · target + (1 − m) · online. The target's running statistics are those
/// of its own passes.
public struct TargetRule: Sendable, Equatable {
  /// How m changes over a client's steps in a round.
  public enum Schedule: String, WordOption {
    /// It does not.
    case constant
    /// From `momentum` to 1 by half a cosine (BYOL, arXiv 2006.07733, §3.3).
    case cosine
  }

  /// m before the first step.
  public let momentum: Double
  public let schedule: Schedule

  public init(momentum: Double, schedule: Schedule = .constant) {
    self.momentum = momentum
    self.schedule = schedule
  }

  /// m behind step `step` (from 0) of `steps`.
  public func momentum(step: Int, of steps: Int) -> Double {
    switch schedule {
    case .constant: momentum
    case .cosine: 1 - (1 - momentum) * 0.5 * (1 + cos(.pi * Double(step) / Double(max(1, steps))))
    }
  }
}
