/// Finds the samples of several modalities that were offered as belonging together.
struct PairCollector {
  private var rows: [String: [String: [String: Int]]] = [:]
  private var order: [(split: String, pair: String)] = []

  mutating func add(_ modality: String, _ row: Int, split: String, pair: String) {
    if rows[split]?[pair] == nil { order.append((split, pair)) }
    rows[split, default: [:]][pair, default: [:]][modality] = row
  }

  /// The pairs that have all modalities, in the order in which their first samples came.
  func complete(of modalities: Int) -> [(split: String, rows: [String: Int])] {
    order.compactMap { split, pair in
      let own = rows[split]![pair]!
      return own.count == modalities ? (split, own) : nil
    }
  }
}
