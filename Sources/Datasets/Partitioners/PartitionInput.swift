import Tensors

/// The samples of one modality that are to be cut into clients, and all that the cut may depend on.
public struct PartitionInput: Sendable {
  public let modality: String
  /// Each sample's class, 0 ..< `classes`.
  public let labels: [Int32]
  public let classes: Int
  public let clients: Int
  /// Each sample's group; nil where the store has none.
  public let grouping: Grouping?
  private let seed: UInt64

  public init(
    modality: String, labels: [Int32], classes: Int, clients: Int, grouping: Grouping? = nil,
    seed: UInt64
  ) {
    self.modality = modality
    self.labels = labels
    self.classes = classes
    self.clients = clients
    self.grouping = grouping
    self.seed = seed
  }

  /// The samples of each class, ascending.
  public func samplesByClass() -> [[Int]] {
    labels.enumerated().reduce(into: [[Int]](repeating: [], count: classes)) {
      $0[Int($1.element)].append($1.offset)
    }
  }

  /// A stream for each class: what is drawn for one does not depend on the others.
  public func stream(ofClass label: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: .partition, round: streamKey(modality), client: label)
  }

  /// The stream of what concerns all samples of the modality.
  public func stream() -> RandomStream {
    RandomStream(seed: seed, purpose: .partition, round: streamKey(modality), epoch: 1)
  }

  /// The stream of what is to come out the same for all modalities.
  public func sharedStream() -> RandomStream {
    RandomStream(seed: seed, purpose: .partition, epoch: 2)
  }
}
