import Catalogues
import Layers
import Tensors

/// A self-supervised method: the loss of two views' projections, and its gradient.
public protocol Method: Sendable {
  /// The loss of one batch and its gradient. `projection` holds the first views' rows, then the
  /// second views' rows of the same samples: [2 N, columns].
  func loss(_ projection: Matrix, _ engine: Engine) -> (loss: Double, gradient: Matrix)
}

/// Every self-supervised method that a job file can name.
public let methods = Catalogue<any Method>(
  "method",
  [
    .entry(SimCLR.self),
    .entry(BarlowTwins.self),
  ])

extension Catalogue.Entry where Product == any Method {
  static func entry<P: PlugIn & Method>(_ type: P.Type) -> Self { Self(type) { $0 } }
}
