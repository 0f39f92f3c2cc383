import Catalogues

/// Federated averaging: the mean of the clients' models, weighted by their numbers of samples
/// (McMahan et al. 2017, arXiv 1602.05629; FSSUAVL eq. 3). BatchNorm's running statistics are
/// averaged like weights. It is what an `Aggregator` does of itself.
public struct FedAvg: PlugIn, Aggregator {
  public static let name = "fedavg"
  public static let summary = "mean of the clients' models, weighted by their samples"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}
}
