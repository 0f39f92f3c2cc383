import Catalogues
import Tensors

/// Federated averaging: the mean of the clients' models, weighted by their numbers of samples
/// (McMahan et al. 2017, arXiv 1602.05629; FSSUAVL eq. 3). BatchNorm's running statistics are
/// averaged like weights.
public final class FedAvg: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {}

  public static let name = "fedavg"
  public static let summary = "mean of the clients' models, weighted by their samples"
  public static let defaults = Options()

  public init(_ options: Options) {}

  public func weights(
    model: ParameterVector, global: ParameterVector, terms: AggregationTerms
  ) -> [Double] {
    [Double](repeating: terms.share, count: model.layout.entries.count)
  }

  public func finish(sum: ParameterVector, global: ParameterVector, round: Int) {
    global.assign(sum)
  }

  /// Always empty.
  public var serverState: [String: ParameterVector] = [:]
}
