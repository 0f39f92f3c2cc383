import Catalogues
import Views

/// Samples of one modality in memory, with their labels.
public final class SampleSet: Sendable {
  public let modality: String
  public let form: SampleForm
  public let labels: [Int32]
  /// Dense: one sample's shape. Ragged: empty.
  public let shape: [Int]
  /// All samples' numbers, one sample after the other.
  private let bytes: [UInt8]
  /// Ragged: sample i has the numbers `offsets[i]..<offsets[i + 1]`. Dense: empty.
  private let offsets: [Int64]

  public var count: Int { labels.count }

  /// - Parameters:
  ///   - shape: one dense sample's; empty for ragged ones.
  ///   - offsets: where ragged samples begin, in numbers, and where the last ends; empty for dense
  ///     ones.
  public init(
    modality: String, form: SampleForm, labels: [Int32], shape: [Int] = [], bytes: [UInt8],
    offsets: [Int64] = []
  ) {
    switch form.layout {
    case .dense:
      precondition(
        bytes.count == labels.count * shape.reduce(form.element.size, *),
        "\(bytes.count) bytes for \(labels.count) samples of \(shape)")
    case .ragged:
      precondition(
        offsets.count == labels.count + 1
          && offsets.last == Int64(bytes.count / form.element.size),
        "\(counted(offsets.count, "offset")) for \(counted(labels.count, "sample")) in \(bytes.count) bytes"
      )
    }
    self.modality = modality
    self.form = form
    self.labels = labels
    self.shape = shape
    self.bytes = bytes
    self.offsets = offsets
  }

  /// Images, or what else is stored as blocks of bytes.
  public convenience init(modality: String, labels: [Int32], shape: [Int], bytes: [UInt8]) {
    self.init(
      modality: modality, form: SampleForm(.dense, .uint8), labels: labels, shape: shape,
      bytes: bytes)
  }

  /// Sounds, or what else is stored as runs of 16-bit numbers.
  public convenience init(
    modality: String, labels: [Int32], values: [Int16], offsets: [Int64]
  ) {
    self.init(
      modality: modality, form: SampleForm(.ragged, .int16), labels: labels,
      bytes: values.withUnsafeBytes { Array($0) }, offsets: offsets)
  }

  /// Lends one sample for the time of `body`.
  public func withSample<R>(_ index: Int, _ body: (Sample) throws -> R) rethrows -> R {
    precondition(index >= 0 && index < count, "sample \(index) of \(count)")
    let range: Range<Int>
    let shape: [Int]
    switch form.layout {
    case .dense:
      let size = bytes.count / count
      range = index * size..<(index + 1) * size
      shape = self.shape
    case .ragged:
      let size = form.element.size
      range = Int(offsets[index]) * size..<Int(offsets[index + 1]) * size
      shape = [range.count / size]
    }
    return try bytes.withUnsafeBytes {
      try body(Sample(bytes: UnsafeRawBufferPointer(rebasing: $0[range]), shape: shape))
    }
  }

  /// Bytes of memory that the samples take.
  public var size: Int { bytes.count + offsets.count * 8 + labels.count * 4 }
}
