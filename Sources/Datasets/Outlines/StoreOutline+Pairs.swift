import Views

extension StoreOutline {
  /// The outline of a store of pairs of outlines.
  /// - Parameter rows: by modality and split, the rows of the samples in pairs, pair by pair.
  init(ofPairs stores: [String: SampleStore], rows: [String: [String: [Int]]]) throws {
    let names = stores.keys.sorted()
    let parts = try names.map { modality in
      let store = stores[modality]!
      let splits = rows[modality]!
      let split = splits.keys.sorted()[0]
      var labels: [String: [Int32]] = [:]
      var groups: [String: Grouping] = [:]
      for (split, rows) in splits {
        let all = try store.labels(modality, split: split)
        labels[split] = rows.map { all[$0] }
        groups[split] = try store.grouping(modality, split: split).map { grouping in
          Grouping(rows.map { grouping[$0] })
        }
      }
      let extent: SampleExtent =
        try store.form(modality, split: split).layout == .dense
        ? .dense(store.shape(modality, split: split))
        : .ragged(store.lengths(modality, split: split)[0])
      return Part(
        modality, classes: store.classes(modality), extent: extent, labels: labels, groups: groups)
    }
    self.init(
      parts: parts, arePairs: true,
      source: names.compactMap { stores[$0]!.outline }.joined(separator: "; "))
  }
}
