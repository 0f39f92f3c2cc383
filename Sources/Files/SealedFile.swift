import Digests
import HDF5

/// Files whose last bytes are a checksum of all the others.
///
/// HDF5's own checksums leave much of a file uncovered, and its library (1.10) may crash on damaged
/// structures instead of reporting them. So the checksum is compared before the library sees the
/// file. It ignores what follows its own last byte: h5py reads sealed files as any others.
extension HDF5File {
  private static let mark = Array("\nmotet sha256 ".utf8)
  private static let sealLength = mark.count + 64

  /// As `save`, with a seal after the content.
  public static func saveSealed(
    _ path: String, sweeps: Bool = true, _ body: (HDF5File) throws -> Void
  ) throws {
    try save(
      path, sweeps: sweeps,
      seal: { temporary in
        let file = try FileBlocks(temporary, writable: true)
        try file.append(mark + Array(digest(file, of: file.count).utf8))
      }, body)
  }

  /// Opens a sealed file for reading, after comparing its content with its seal.
  ///
  /// A file without a seal that is whole by HDF5's own reckoning was opened for writing by another
  /// program. Its content is not proven: figures for people may be read on, with a warning, and
  /// nothing that training goes on from.
  /// - Parameters:
  ///   - format: what it is to be, verified.
  ///   - warn: told of a seal that is missing; the file is opened all the same.
  public static func openSealed(
    _ path: String, as format: FileFormat, unsealed warn: (String) -> Void
  ) throws -> HDF5File {
    let (file, isSealed) = try openWhole(path, as: format)
    if !isSealed {
      warn("\(path): \(sealIsMissing); its content is taken as it is; \(openToRead)")
    }
    return file
  }

  /// Opens a sealed file for reading, after comparing its content with its seal.
  /// - Parameter format: what it is to be, verified.
  public static func openSealed(_ path: String, as format: FileFormat? = nil) throws -> HDF5File {
    let (file, isSealed) = try openWhole(path, as: format)
    guard isSealed else {
      throw FileFormatError(
        path: path,
        message: "\(sealIsMissing), and may have changed it; put a copy back, and \(openToRead)")
    }
    return file
  }

  /// Opens a file that its seal proves, or one that has none and is whole all the same. Throws
  /// where it is damaged or of another kind.
  private static func openWhole(
    _ path: String, as format: FileFormat?
  ) throws -> (file: HDF5File, isSealed: Bool) {
    try requireRegular(path)
    let sealed = try FileBlocks(path)
    let content = max(0, sealed.count - sealLength)
    let seal = try sealed.read(sealLength, at: content)
    let isSealed = seal == mark + Array(try digest(sealed, of: content).utf8)
    guard isSealed || !seal.starts(with: mark) else { throw damaged(path) }
    guard isSealed else {
      // The library may not even open it, and a file of any kind ends somewhere.
      guard let format, let file = try? open(path) else { throw damaged(path) }
      try format.verifyName(file)
      guard try file.endsWhereItSays() else { throw damaged(path) }
      try format.verify(file)
      return (file, false)
    }
    let file = try open(path)
    try format?.verify(file)
    return (file, true)
  }

  private static func damaged(_ path: String) -> FileFormatError {
    FileFormatError(path: path, message: "damaged: its content and its checksum differ")
  }

  /// The checksum that a sealed file ends with, without comparing it with the content.
  public static func seal(of path: String) throws -> String {
    try requireRegular(path)
    let file = try FileBlocks(path)
    let seal = try file.read(sealLength, at: max(0, file.count - sealLength))
    guard seal.count == sealLength, seal.starts(with: mark) else {
      throw FileFormatError(path: path, message: "damaged: it has no checksum")
    }
    return String(decoding: seal.dropFirst(mark.count), as: UTF8.self)
  }

  private static let sealIsMissing =
    "its seal is missing: another program opened it for writing"
  private static let openToRead = "open such files for reading alone (in h5py with mode 'r')"

  /// SHA-256 of a file's first bytes.
  private static func digest(_ file: FileBlocks, of count: Int) throws -> String {
    let hash = SHA256()
    var place = 0
    while place < count {
      let part = try file.read(min(count - place, 1 << 20), at: place)
      guard !part.isEmpty else { break }
      part.withUnsafeBytes { hash.update($0) }
      place += part.count
    }
    return hash.finish()
  }
}
