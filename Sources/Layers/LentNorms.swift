import Tensors

/// A model that was pretrained on one modality is measured on others too. Where each modality has
/// BatchNorm layers of its own, those of a modality that no client trained have never seen a batch:
/// their running means are 0 and their variances 1, and features through them say nothing.
extension ParameterVector {
  /// The same values, but that each modality without a trained BatchNorm has what the first trained
  /// one has in its place: statistics, and γ and β where they are its own. Itself where none lacks
  /// them, or all do, as before training.
  public func lendingNorms() -> ParameterVector {
    let owned = layout.entries.filter { $0.own == .norms }
    let modalities = owned.map { $0.modality! }.reduce(into: [String]()) { seen, modality in
      if !seen.contains(modality) { seen.append(modality) }
    }
    let untrained = modalities.filter { modality in
      owned.allSatisfy { $0.modality != modality || isInitialStatistic($0) }
    }
    guard !untrained.isEmpty,
      let lender = modalities.first(where: { !untrained.contains($0) })
    else { return self }
    let result = copy()
    for entry in owned where untrained.contains(entry.modality!) {
      let name = ParameterLayout.name(String(entry.plainName), of: lender, in: .norms)
      let lent = layout.entry(name)!
      _ = result[entry.range].update(fromContentsOf: self[lent.range])
    }
    return result
  }

  /// Whether an entry is no statistic that a batch has moved.
  private func isInitialStatistic(_ entry: ParameterLayout.Entry) -> Bool {
    switch BatchNorm.initialStatistic(entry) {
    case nil: true
    case let value?: self[entry.range].allSatisfy { $0 == value }
    }
  }
}
