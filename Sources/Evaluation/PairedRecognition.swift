/// Recognition of pairs of an image and a sound (FSSUAVL §4).
public enum PairedRecognition {
  /// Table 4: the mean of the two modalities' logits.
  public static func mean(_ image: [Float], _ audio: [Float]) -> [Float] {
    precondition(image.count == audio.count, "logits of other pairs")
    return zip(image, audio).map { ($0 + $1) / 2 }
  }

  /// Table 5: each modality's features l2-normalised, and joined. Rows [pairs, image + audio]. A row
  /// of zeros stays one.
  public static func joined(
    _ image: [Float], dimension: Int, _ audio: [Float], dimension other: Int
  ) -> [Float] {
    let pairs = image.count / dimension
    precondition(
      image.count == pairs * dimension && audio.count == pairs * other, "features of other pairs")
    var joined: [Float] = []
    joined.reserveCapacity(image.count + audio.count)
    for pair in 0..<pairs {
      joined += normalised(image[pair * dimension..<(pair + 1) * dimension])
      joined += normalised(audio[pair * other..<(pair + 1) * other])
    }
    return joined
  }

  private static func normalised(_ row: ArraySlice<Float>) -> [Float] {
    let length = row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    return row.map { length == 0 ? 0 : Float(Double($0) / length) }
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
