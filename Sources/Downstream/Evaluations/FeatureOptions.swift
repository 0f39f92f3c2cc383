import Catalogues
import Evaluation

/// Which of the frozen encoder's outputs a classifier sees, and how.
public struct FeatureOptions: SharedOptions, Equatable {
  public static let meanings = [
    "features": Embedder.Output.meaning,
    "standardise": "whether each feature has mean 0, deviation 1 in training",
  ]

  public var features = Embedder.Output.features
  /// Whether each feature has mean 0 and deviation 1 among the training samples' evaluation views.
  public var standardise = false

  public init() {}

  var normalisation: FeatureNormalisation { standardise ? .standardised : .none }
}
