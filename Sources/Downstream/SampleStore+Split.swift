import Datasets

extension SampleStore {
  /// The modalities of a split. Throws where there is no such split.
  func modalities(ofSplit split: String) throws -> [String] {
    let found = modalities(in: split)
    guard !found.isEmpty else {
      throw StoreError(path, "has no split '\(split)'; it has: \(splits.joined(separator: ", "))")
    }
    return found
  }
}
