import Catalogues

/// Cuts a labelled data set into clients.
///
/// A new partitioner is one file here and one line in `partitioners`.
public protocol Partitioner: Sendable {
  /// The client of each sample, 0 ..< `clients`. What is random comes from the input's streams
  /// alone, so that the cut depends on seed, modality, labels and groups, and on files that options
  /// name (`PlugIn.fileOptions`). Throws where such samples cannot be cut so, with the option's
  /// key.
  func assign(_ samples: PartitionInput) throws(ConfigurationError) -> [Int]

  /// Whether the cut depends on the samples' groups. Where it does, the input has them.
  var needsGroups: Bool { get }
}

extension Partitioner {
  public var needsGroups: Bool { false }
}

/// The partitioners that job files name.
public let partitioners = Catalogue<any Partitioner>(
  "partitioner",
  [
    .init(Dirichlet.self) { $0 },
    .init(DirichletBalanced.self) { $0 },
    .init(Classes.self) { $0 },
    .init(IID.self) { $0 },
    .init(Natural.self) { $0 },
    .init(File.self) { $0 },
  ])
