import Catalogues
import Federation
import Tensors
import Training

/// Federated averaging whose clients do not forget: each starts from a · own + (1 − a) · global,
/// where its own model is that of the last round in which it trained. BatchNorm's running
/// statistics are the global model's.
public struct PersonalStart: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// The share of its own model that a client starts with, a; with 0 it is FedAvg.
    public var own = 0.5
  }

  public static let name = "personalstart"
  public static let summary = "FedAvg whose clients start near their own last model"
  public static let meanings = ["own": "share of its own last model that a client starts with"]
  public static var defaults: Options { Options() }

  private let own: Float

  public init(_ options: Options) throws {
    try ConfigurationError.check("own", options.own, in: 0...1)
    own = Float(options.own)
  }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) -> Channels {
    Channels(kept: ["model": model])
  }

  public func begin(_ state: LocalState) {
    // Nil where the client never trained before: it starts from the global model.
    guard let last = state.kept?["model"] else { return }
    let (start, mine, global) = (state.model.floats, last.floats, state.global.floats)
    for entry in state.model.layout.entries where entry.trainable {
      for i in entry.range { start[i] = own * mine[i] + (1 - own) * global[i] }
    }
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    ClientOutcome(
      model: Contribution(state.model, weight: terms.share), kept: ["model": state.model])
  }
}
