import Digests
import Foundation
import HDF5

/// Files whose last bytes are a checksum of all the others.
///
/// HDF5's own checksums leave much of a file uncovered, and its library (1.10) may crash on damaged
/// structures instead of reporting them. So the checksum is compared before the library sees the
/// file. It ignores what follows its own last byte: h5py reads sealed files as any others.
extension HDF5File {
  private static let mark = Data("\nmotet sha256 ".utf8)
  private static let sealLength = mark.count + 64

  /// As `save`, with a seal after the content.
  public static func saveSealed(
    _ path: String, sweeps: Bool = true, _ body: (HDF5File) throws -> Void
  ) throws {
    try save(
      path, sweeps: sweeps,
      seal: { temporary in
        let content = try Data(contentsOf: URL(fileURLWithPath: temporary), options: .alwaysMapped)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: temporary))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: mark + Data(digest(content).utf8))
      }, body)
  }

  /// Opens a sealed file for reading, after comparing its content with its seal.
  public static func openSealed(_ path: String) throws -> HDF5File {
    guard FileManager.default.isReadableFile(atPath: path) else { return try open(path) }
    let whole = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    let content = whole.dropLast(min(whole.count, sealLength))
    guard whole.dropFirst(content.count) == mark + Data(digest(content).utf8) else {
      throw FileFormatError(path: path, message: "damaged: its content and its checksum differ")
    }
    return try open(path)
  }

  /// The checksum that a sealed file ends with, without comparing it with the content.
  public static func seal(of path: String) throws -> String {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let end = try file.seekToEnd()
    guard end > UInt64(sealLength) else {
      throw FileFormatError(path: path, message: "damaged: it has no checksum")
    }
    try file.seek(toOffset: end - UInt64(sealLength))
    let seal = try file.readToEnd() ?? Data()
    guard seal.starts(with: mark) else {
      throw FileFormatError(path: path, message: "damaged: it has no checksum")
    }
    return String(decoding: seal.dropFirst(mark.count), as: UTF8.self)
  }

  private static func digest(_ content: Data) -> String {
    let hash = SHA256()
    content.withUnsafeBytes { hash.update($0) }
    return hash.finish()
  }
}
