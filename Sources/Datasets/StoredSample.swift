import Views

/// One sample on its way into a store.
public enum StoredSample: Sendable, Equatable {
  /// Bytes of a fixed shape: [height, width, 3] of an image.
  case dense([UInt8], shape: [Int])
  /// A run of 16-bit numbers: a sound at 16 kHz.
  case ragged([Int16])

  /// How such samples are stored.
  public var form: SampleForm {
    switch self {
    case .dense: .dense
    case .ragged: .ragged
    }
  }
}

extension SampleForm {
  /// The word in files.
  var word: String {
    switch self {
    case .dense: "dense"
    case .ragged: "ragged"
    }
  }

  init?(word: String) {
    switch word {
    case "dense": self = .dense
    case "ragged": self = .ragged
    default: return nil
    }
  }

  /// The data set that holds the samples.
  var dataset: String {
    switch self {
    case .dense: "pixels"
    case .ragged: "samples"
    }
  }
}
