/// What every Motet file says of itself: `format`, `format_version`, and the version and
/// build that wrote it.
public struct FileFormat: Sendable {
  public let name: String
  public let version: Int
  /// How to mend a file of another version, for messages.
  private let mend: String?

  public init(_ name: String, version: Int, mend: String? = nil) {
    self.name = name
    self.version = version
    self.mend = mend
  }

  public func stamp(_ file: HDF5File) throws {
    try file.setAttribute("format", name)
    try file.setAttribute("format_version", Int64(version))
    try file.setAttribute("motet_version", MotetBuild.version)
    try file.setAttribute("motet_build", MotetBuild.source)
  }

  /// Throws where `file` is another kind of file, or of a version not known here.
  public func verify(_ file: HDF5File) throws {
    try verifyName(file)
    let written = try file.intAttribute("format_version")
    guard written == version else {
      throw FileFormatError(
        path: file.path,
        message: "\(name) of version \(written); this motet reads version \(version)"
          + (mend.map { "; \($0)" } ?? ""))
    }
  }

  /// Throws where `file` is another kind of file.
  public func verifyName(_ file: HDF5File) throws {
    guard try file.hasAttribute("format") else {
      throw FileFormatError(path: file.path, message: "not written by motet; expected a \(name)")
    }
    let found = try file.textAttribute("format")
    guard found == name else {
      throw FileFormatError(path: file.path, message: "this is a \(found); expected a \(name)")
    }
  }
}

/// A file that is not what it was taken for.
public struct FileFormatError: Error, CustomStringConvertible {
  public let path: String
  public let message: String

  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}
