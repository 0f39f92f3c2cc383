import Views

extension StoreOutline {
  /// The outline of a store of pairs of outlines.
  /// - Parameter splits: by modality and split, the classes of the samples in pairs, pair by pair.
  init(ofPairs stores: [String: SampleStore], splits: [String: [String: [Int32]]]) throws {
    let names = stores.keys.sorted()
    parts = try names.map { modality in
      let store = stores[modality]!
      let split = splits[modality]!.keys.sorted()[0]
      let extent: SampleExtent =
        try store.form(modality, split: split) == .dense
        ? .dense(store.shape(modality, split: split))
        : .ragged(store.lengths(modality, split: split)[0])
      return Part(
        modality, classes: store.classes(modality), extent: extent, labels: splits[modality]!)
    }
    arePairs = true
    source = names.compactMap { stores[$0]!.outline }.joined(separator: "; ")
  }
}
