import Catalogues
import Tensors
import Training

/// Where FedU's and FedEMA's clients have the target network from with which they begin a round.
public enum TargetStart: String, WordOption {
  /// Their own, as their last round left it; the global model's at their first.
  case own
  /// The global model's, in each round: what federated averaging does.
  case global
}

/// What FedU and FedEMA do with a client's target network.
struct OwnTarget: Sendable {
  /// The name of what a client keeps.
  private static let name = "target"
  private let isKept: Bool

  init(_ start: TargetStart) { isKept = start == .own }

  /// The vectors that a client keeps for it.
  /// - Parameters:
  ///   - layout: of the method's second network.
  ///   - algorithm: its name, for messages.
  func channels(
    _ layout: ParameterLayout?, of algorithm: String
  ) throws -> [String: ParameterLayout] {
    guard isKept else { return [:] }
    guard let layout else {
      throw ConfigurationError(
        "target",
        "with \(algorithm) each client has a target network of its own, and this method has none; "
          + "take method.name: byol, or target: global")
    }
    return [Self.name: layout]
  }

  /// Where the client has one of its own, it begins with it.
  func begin(_ state: LocalState) {
    guard isKept, let own = state.kept?[Self.name] else { return }
    state.target?.assign(own)
  }

  /// What it keeps.
  func kept(_ state: LocalState) -> [String: ParameterVector] {
    guard isKept, let target = state.target else { return [:] }
    return [Self.name: target]
  }
}
