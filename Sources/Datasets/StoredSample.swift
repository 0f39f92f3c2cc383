import Views

/// One sample on its way into a store.
public enum StoredSample: Sendable, Equatable {
  /// Bytes of a fixed shape: [height, width, 3] of an image.
  case dense([UInt8], shape: [Int])
  /// A run of 16-bit numbers: a sound at 16 kHz.
  case ragged([Int16])

  /// Lends the sample as views see it.
  func withSample<R>(_ body: (Sample) throws -> R) rethrows -> R {
    switch self {
    case .dense(let bytes, let shape):
      try bytes.withUnsafeBytes { try body(Sample(bytes: $0, shape: shape)) }
    case .ragged(let values):
      try values.withUnsafeBytes { try body(Sample(bytes: $0, shape: [values.count])) }
    }
  }

  /// How such samples are stored.
  public var form: SampleForm {
    switch self {
    case .dense: .dense
    case .ragged: .ragged
    }
  }
}

extension SampleSet {
  /// A copy of one sample as it is stored.
  func stored(_ index: Int) -> StoredSample {
    withSample(index) { sample in
      form == .dense
        ? .dense(Array(sample.bytes), shape: sample.shape)
        : .ragged(Array(sample.bytes.bindMemory(to: Int16.self)))
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
