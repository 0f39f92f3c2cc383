/// Recognition of samples of several modalities that belong together (FSSUAVL §4: an image and a
/// sound).
public enum PairedRecognition {
  /// Table 4: the mean of the modalities' logits.
  public static func mean(_ logits: [[Float]]) -> [Float] {
    guard var sum = logits.first else { preconditionFailure("no logits") }
    for other in logits.dropFirst() {
      precondition(other.count == sum.count, "logits of other pairs")
      for i in sum.indices { sum[i] += other[i] }
    }
    return sum.map { $0 / Float(logits.count) }
  }

  /// Table 5: each pair's features of all modalities side by side, normalised before
  /// (`FeatureNormalisation`). Rows [pairs, all dimensions].
  /// - Parameter features: by modality, rows [pairs, its dimension].
  public static func joined(_ features: [[Float]], pairs: Int) -> [Float] {
    precondition(features.allSatisfy { $0.count % pairs == 0 }, "features of other pairs")
    var joined: [Float] = []
    joined.reserveCapacity(features.reduce(0) { $0 + $1.count })
    for pair in 0..<pairs {
      for rows in features {
        let dimension = rows.count / pairs
        joined += rows[pair * dimension..<(pair + 1) * dimension]
      }
    }
    return joined
  }
}

/// The class with the largest of its row's values, the lowest of equals. Rows [n, classes].
public func greatestClasses(_ rows: [Float], classes: Int) -> [Int32] {
  stride(from: 0, to: rows.count, by: classes).map { start in
    var best = 0
    for candidate in 1..<max(classes, 1) where rows[start + candidate] > rows[start + best] {
      best = candidate
    }
    return Int32(best)
  }
}
