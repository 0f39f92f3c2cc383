import Catalogues
import Foundation
import Tensors
import Training

/// Normalised averaging (Wang et al., NeurIPS 2020, arXiv 2007.07481, eq. 8 and 9): clients that
/// make more steps do not pull the model more than their samples say.
///
/// With a_q what client q's steps weigh, its direction is d_q = (w_q − w) / a_q, and the model
/// moves by w ← w + Σ β_q a_q · Σ β_q d_q, with β_q its share of the round's samples. For SGD a_q
/// is the sum of the steps' rates; with momentum ρ, τ steps and their mean rate η it is
/// η (τ − ρ (1 − ρ^τ) / (1 − ρ)) / (1 − ρ) (§4.1, and the authors' code). A client that trains no
/// step has no direction. BatchNorm's running statistics are the mean's.
public struct FedNova: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// That of the local optimizer, ρ: `training.optimizer.momentum`.
    public var momentum = 0.9
  }

  public static let name = "fednova"
  public static let summary = "FedNova: clients' changes over what their steps weigh"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "momentum": "the local optimizer's, which its steps' weight depends on; 0 where it has none"
  ]

  private static let direction = "direction"
  private let momentum: Double

  public init(_ options: Options) throws {
    try ConfigurationError.fraction("momentum", options.momentum)
    momentum = options.momentum
  }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) -> Channels {
    Channels(sent: [Self.direction: model])
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    let weight = weight(steps: state.steps, rateSum: state.rateSum)
    let direction = ParameterVector(state.model.layout)
    for range in direction.layout.entries.filter(\.trainable).map(\.range) {
      let (values, start, end) = (direction[range], state.global[range], state.model[range])
      for i in 0..<range.count {
        values[i] = Float((Double(end[i]) - Double(start[i])) / weight)
      }
    }
    return ClientOutcome(
      model: Contribution(state.model, weight: terms.share),
      sent: [Self.direction: Contribution(direction, weight: terms.share)],
      payload: [Float(terms.share * weight)])
  }

  /// What so many steps weigh.
  private func weight(steps: Int, rateSum: Double) -> Double {
    guard momentum > 0 else { return rateSum }
    let steps = Double(steps)
    let rest = 1 - momentum
    return rateSum / steps * (steps - momentum * (1 - pow(momentum, steps)) / rest) / rest
  }

  public func finish(_ round: ServerRound) {
    guard let direction = round.sent[Self.direction]?.floats else {
      preconditionFailure("no sum of directions")
    }
    // Both sums are of the shares of those who are in the round.
    let step = round.payloads.reduce(0.0) { $0 + Double($1.values[0]) } / round.share / round.share
    round.move { i, _ in Float(step * Double(direction[i])) }
  }
}
