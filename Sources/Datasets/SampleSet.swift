import Views

/// Samples of one modality in memory, with their labels.
public final class SampleSet: Sendable {
  public let modality: String
  public let form: SampleForm
  public let labels: [Int32]
  /// Dense: one sample's shape. Ragged: empty.
  public let shape: [Int]

  private let bytes: [UInt8]
  private let values: [Int16]
  private let offsets: [Int64]

  public var count: Int { labels.count }

  /// Dense samples, one behind the other.
  public init(modality: String, labels: [Int32], shape: [Int], bytes: [UInt8]) {
    precondition(
      bytes.count == labels.count * shape.reduce(1, *),
      "\(bytes.count) bytes for \(labels.count) samples of \(shape)")
    self.modality = modality
    self.labels = labels
    self.shape = shape
    self.bytes = bytes
    form = .dense
    values = []
    offsets = []
  }

  /// Ragged samples, one behind the other; sample i is `offsets[i]..<offsets[i + 1]`.
  public init(modality: String, labels: [Int32], values: [Int16], offsets: [Int64]) {
    precondition(
      offsets.count == labels.count + 1 && offsets.last == Int64(values.count),
      "\(offsets.count) offsets for \(labels.count) samples of \(values.count) values")
    self.modality = modality
    self.labels = labels
    self.values = values
    self.offsets = offsets
    form = .ragged
    shape = []
    bytes = []
  }

  /// Lends one sample for the time of `body`.
  public func withSample<R>(_ index: Int, _ body: (Sample) throws -> R) rethrows -> R {
    precondition(index >= 0 && index < count, "sample \(index) of \(count)")
    switch form {
    case .dense:
      let size = bytes.count / count
      return try bytes.withUnsafeBytes { all in
        let own = UnsafeRawBufferPointer(rebasing: all[index * size..<(index + 1) * size])
        return try body(Sample(bytes: own, shape: shape))
      }
    case .ragged:
      let range = Int(offsets[index]) * 2..<Int(offsets[index + 1]) * 2
      return try values.withUnsafeBytes { all in
        let own = UnsafeRawBufferPointer(rebasing: all[range])
        return try body(Sample(bytes: own, shape: [range.count / 2]))
      }
    }
  }

  /// Bytes of memory that the samples take.
  public var size: Int { bytes.count + values.count * 2 + offsets.count * 8 + labels.count * 4 }
}
