import HDF5
import Views

/// Data sets whose element type is known when the program runs.
extension HDF5File {
  func createDataset(
    _ name: String, of element: SampleForm.Element, shape: [Int], growable: Bool = false
  ) throws {
    try element.withType { try createDataset(name, of: $0, shape: shape, growable: growable) }
  }

  /// Appends numbers that lie in memory as bytes.
  func append(_ name: String, _ bytes: [UInt8], of element: SampleForm.Element) throws {
    func append<T: HDF5Scalar>(_ type: T.Type) throws {
      try bytes.withUnsafeBytes { try self.append(name, $0.bindMemory(to: type)) }
    }
    try element.withType { try append($0) }
  }

  /// Reads `count` numbers in all of some runs of rows, as bytes.
  func read(
    _ name: String, runs: [Range<Int>], count: Int, of element: SampleForm.Element
  ) throws -> [UInt8] {
    func read<T: HDF5Scalar>(_ type: T.Type, into bytes: UnsafeMutableRawBufferPointer) throws {
      try self.read(name, runs: runs, into: bytes.bindMemory(to: type))
    }
    var bytes = [UInt8](repeating: 0, count: count * element.size)
    try bytes.withUnsafeMutableBytes { bytes in
      try element.withType { try read($0, into: bytes) }
    }
    return bytes
  }
}

extension SampleForm.Element {
  /// Calls `body` with Swift's type of the element.
  fileprivate func withType<R>(_ body: (any HDF5Scalar.Type) throws -> R) rethrows -> R {
    switch self {
    case .uint8: try body(UInt8.self)
    case .int16: try body(Int16.self)
    case .float32: try body(Float.self)
    }
  }
}
