import Catalogues
import Tensors

/// Cuts a labelled data set into clients.
///
/// A new partitioner is one file here and one line in `partitioners`.
public protocol Partitioner: Sendable {
  /// The client of each sample. `random` gives each class its own stream; nothing else may be
  /// random, so that the cut depends on seed, modality and labels alone.
  func assign(
    labels: [Int32], classes: Int, clients: Int, random: (_ label: Int) -> RandomStream
  ) -> [Int]
}

/// The partitioners that job files name.
public let partitioners = Catalogue<any Partitioner>(
  "partitioner",
  [
    .entry(Dirichlet.self)
  ])

extension Catalogue.Entry where Product == any Partitioner {
  static func entry<P: PlugIn & Partitioner>(_ type: P.Type) -> Self { Self(type) { $0 } }
}
