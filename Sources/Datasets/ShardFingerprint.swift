import Digests

/// SHA-256 over the partition and the data's fingerprints: it changes with anything that training
/// could notice, and is the same whether samples are copied or referred to.
struct ShardFingerprint {
  private let hash = SHA256()

  init(clients: Int) { hash.update("motet shards \(clients)\n") }

  /// Modalities are added in the order of their names.
  func add(_ modality: String, data: String, offsets: [Int64], indices: [Int64]) {
    hash.update("\(modality) \(data) \(indices.count)\n")
    offsets.withUnsafeBytes { hash.update($0) }
    indices.withUnsafeBytes { hash.update($0) }
  }

  func finish() -> String { hash.finish() }
}

extension ShardPlan {
  /// The fingerprint of the shards that this plan comes to with the data as they are now; nothing
  /// is written.
  public func fingerprint() throws -> String {
    let fingerprint = ShardFingerprint(clients: clients)
    for (modality, source) in sources.sorted(by: { $0.key < $1.key }) {
      let part = try ShardPart(modality: modality, source: source, plan: self)
      fingerprint.add(
        modality, data: part.fingerprint, offsets: part.partition.offsets.map { Int64($0) },
        indices: part.partition.indices.map { Int64($0) })
    }
    return fingerprint.finish()
  }
}
