/// One stored sample: borrowed memory, valid while its owner is.
public struct Sample {
  /// Numbers of the form's element type, one after the other.
  public let bytes: UnsafeRawBufferPointer
  /// Of a ragged sample [length].
  public let shape: [Int]

  public init(bytes: UnsafeRawBufferPointer, shape: [Int]) {
    self.bytes = bytes
    self.shape = shape
  }
}
