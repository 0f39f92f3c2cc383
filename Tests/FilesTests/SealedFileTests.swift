import Files
import Foundation
import HDF5
import TestSupport
import Testing

@Suite(.serialized) struct SealedFileTests {
  let folder = TemporaryFolder()
  private static let format = FileFormat("motet test", version: 1)
  private var path: String { folder.path("a.h5") }
  private static let sealLength = 78

  /// A sealed file's bytes.
  private func write() throws -> Data {
    try HDF5File.saveSealed(path) { file in
      try Self.format.stamp(file)
      try file.write("x", [1, 2, 3] as [Float])
    }
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func opening(_ bytes: Data) throws -> String? {
    try bytes.write(to: URL(fileURLWithPath: path))
    return message { _ = try HDF5File.openSealed(path, as: Self.format) }
  }

  @Test func aWholeFileIsOpenedAndItsKindCompared() throws {
    let whole = try write()
    #expect(try opening(whole) == nil)
    #expect(try HDF5File.seal(of: path).count == 64)
    #expect(
      message {
        _ = try HDF5File.openSealed(path, as: FileFormat("motet quiz", version: 1))
      } == "\(path): this is a motet test; expected a motet quiz")
  }

  /// h5py's mode 'a' cuts off what stands behind HDF5's own end, and changes no more.
  @Test func aSealThatAnotherProgramCutOffIsToldFromDamage() throws {
    let whole = try write()
    let unsealed = whole.dropLast(Self.sealLength)
    #expect(
      try opening(unsealed)
        == "\(path): its seal is missing: another program opened it for writing, and may have "
        + "changed it; put a copy back, and open such files for reading alone (in h5py with mode "
        + "'r')")
    let damaged = "\(path): damaged: its content and its checksum differ"
    var changed = whole
    changed[whole.count / 2] ^= 1
    #expect(try opening(changed) == damaged)
    for length in [0, 10, Self.sealLength, whole.count - Self.sealLength - 1, whole.count - 1] {
      #expect(try opening(whole.prefix(length)) == damaged, "\(length)")
    }
  }

  /// Only what is whole but for its seal is read on, and only where that was asked for.
  @Test func whatIsDamagedIsNotReadOn() throws {
    let whole = try write()
    func reading(_ bytes: Data) throws -> (error: String?, warnings: [String]) {
      var warnings: [String] = []
      try bytes.write(to: URL(fileURLWithPath: path))
      let error = message {
        let file = try HDF5File.openSealed(path, as: Self.format) { warnings.append($0) }
        #expect(try file.read("x", as: Float.self) == [1, 2, 3])
      }
      return (error, warnings)
    }
    #expect(try reading(whole) == (nil, []))
    let (error, warnings) = try reading(whole.dropLast(Self.sealLength))
    #expect(error == nil && warnings.count == 1)
    #expect(warnings.first?.hasPrefix("\(path): its seal is missing: ") == true)
    var changed = whole
    changed[whole.count / 2] ^= 1
    let lengths = [0, 10, Self.sealLength, whole.count - Self.sealLength - 1, whole.count - 1]
    for bytes in [changed] + lengths.map({ whole.prefix($0) }) {
      let (error, warnings) = try reading(bytes)
      #expect(error == "\(path): damaged: its content and its checksum differ" && warnings.isEmpty)
    }
  }

  /// A file of another kind is whole, and named as what it is.
  @Test func anotherKindOfFileIsNamed() throws {
    try HDF5File.save(path) { try FileFormat("motet sample store", version: 1).stamp($0) }
    #expect(
      message { _ = try HDF5File.openSealed(path, as: Self.format) }
        == "\(path): this is a motet sample store; expected a motet test")
    try HDF5File.save(path) { try $0.write("x", [1] as [Float]) }
    #expect(
      message { _ = try HDF5File.openSealed(path, as: Self.format) }
        == "\(path): not written by motet; expected a motet test")
  }
}
