import Catalogues
import Layers
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

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) throws -> Channels {
    let own = Self.batchNorm(of: model)
    try ConfigurationError.require(
      own.count > 0, "",
      "fedbn leaves BatchNorm layers with their clients, but this model has none; take "
        + "encoder.name: resnet18, encoder.hidden_norm: true or another aggregator")
    return Channels(kept: [Self.batchNorm: own])
  }

  public func begin(_ state: LocalState) {
    guard let own = state.kept?[Self.batchNorm] else { return }
    for vector in [state.model, state.target].compactMap({ $0 }) {
      vector.assign(sharedEntriesOf: own)
    }
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    let own = ParameterVector(Self.batchNorm(of: state.model.layout))
    own.assign(sharedEntriesOf: state.model)
    return ClientOutcome(
      model: Contribution(state.model, weight: terms.share), kept: [Self.batchNorm: own])
  }

  /// The entries of a model's BatchNorm layers, which are those with running statistics, everyone's
  /// and the modalities' own.
  private static func batchNorm(of model: ParameterLayout) -> ParameterLayout {
    let statistic = BatchNorm.meanSuffix
    let layers = model.entries.map(\.plainName).filter { $0.hasSuffix(statistic) }
      .map { $0.dropLast(statistic.count) + "." }
    return ParameterLayout(
      model.entries.filter { entry in layers.contains { entry.plainName.hasPrefix($0) } })
  }
}
