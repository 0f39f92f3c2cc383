/// How a modality's samples are stored.
public enum SampleForm: Sendable, Equatable {
  /// Every sample is one block of bytes of the same shape (images: [height, width, 3]).
  case dense
  /// Samples are runs of 16-bit numbers of any length (sounds at 16 kHz).
  case ragged
}

/// One stored sample: borrowed memory, valid while its owner is.
public struct Sample {
  /// Dense: UInt8 of `shape`. Ragged: Int16, `shape` is [length].
  public let bytes: UnsafeRawBufferPointer
  public let shape: [Int]

  public init(bytes: UnsafeRawBufferPointer, shape: [Int]) {
    self.bytes = bytes
    self.shape = shape
  }
}
