import Catalogues
import Tensors
import Training

/// Federated averaging in which BatchNorm stays with the clients (Li et al., ICLR 2021, arXiv
/// 2102.07623, Algorithm 1): a client starts from the global model with its own BatchNorm layers of
/// its last round, their parameters and running statistics.
///
/// The paper leaves those layers out of what the server has. Here the global model has their mean,
/// by samples: for a client's first round, and for evaluation, which measures one model.
public struct FedBN: PlugIn, Aggregator {
  public static let name = "fedbn"
  public static let summary = "FedAvg in which BatchNorm layers stay with their clients"
  public static let defaults = NoOptions()

  /// The name of what a client keeps.
  private static let batchNorm = "batch_norm"

  public init(_ options: NoOptions) {}

  public func channels(_ model: ParameterLayout) throws -> Channels {
    let own = Self.batchNorm(of: model)
    try ConfigurationError.require(
      own.count > 0, "",
      "fedbn leaves BatchNorm layers with their clients, but this model has none; take "
        + "encoder.name: resnet18, encoder.hidden_norm: true or another aggregator")
    return Channels(kept: [Self.batchNorm: own])
  }

  public func begin(_ state: LocalState) {
    guard let own = state.kept?[Self.batchNorm] else { return }
    for vector in [state.model, state.target].compactMap({ $0 }) { Self.copy(own, into: vector) }
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    let own = ParameterVector(Self.batchNorm(of: state.model.layout))
    Self.copy(state.model, into: own)
    return ClientOutcome(
      model: Contribution(state.model, weight: terms.share), kept: [Self.batchNorm: own])
  }

  /// The entries of a model's BatchNorm layers, which are those with running statistics.
  private static func batchNorm(of model: ParameterLayout) -> ParameterLayout {
    let statistic = ".running_mean"
    let layers = model.entries.map(\.name).filter { $0.hasSuffix(statistic) }
      .map { $0.dropLast(statistic.count) + "." }
    var layout = ParameterLayout()
    for entry in model.entries where layers.contains(where: { entry.name.hasPrefix($0) }) {
      _ = layout.add(entry.name, entry.shape, order: entry.order, trainable: entry.trainable)
    }
    return layout
  }

  /// Copies the entries that both have.
  private static func copy(_ source: ParameterVector, into target: ParameterVector) {
    for entry in source.layout.entries {
      guard let place = target.layout.entry(entry.name) else { continue }
      _ = target[place.range].update(fromContentsOf: source[entry.range])
    }
  }
}
