import Views

/// One sample on its way into a store.
public struct StoredSample: Sendable, Equatable {
  public let form: SampleForm
  /// Of a ragged sample [length].
  public let shape: [Int]
  /// Its numbers as they lie in memory.
  public let bytes: [UInt8]

  public init(_ form: SampleForm, shape: [Int], bytes: [UInt8]) {
    precondition(
      bytes.count == shape.reduce(form.element.size, *), "\(bytes.count) bytes of \(shape)")
    self.form = form
    self.shape = shape
    self.bytes = bytes
  }

  /// Bytes of a fixed shape: [height, width, 3] of an image.
  public static func dense(_ bytes: [UInt8], shape: [Int]) -> StoredSample {
    StoredSample(SampleForm(.dense, .uint8), shape: shape, bytes: bytes)
  }

  /// A run of 16-bit numbers: a sound.
  public static func ragged(_ values: [Int16]) -> StoredSample {
    StoredSample(
      SampleForm(.ragged, .int16), shape: [values.count],
      bytes: values.withUnsafeBytes { Array($0) })
  }

  /// Lends the sample as views see it.
  func withSample<R>(_ body: (Sample) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes { try body(Sample(bytes: $0, shape: shape)) }
  }
}

extension SampleSet {
  /// A copy of one sample as it is stored.
  func stored(_ index: Int) -> StoredSample {
    withSample(index) { StoredSample(form, shape: $0.shape, bytes: Array($0.bytes)) }
  }
}

extension SampleForm {
  /// The data set that holds the samples.
  var dataset: String {
    switch layout {
    case .dense: "pixels"
    case .ragged: "samples"
    }
  }
}
