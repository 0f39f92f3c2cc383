import Foundation

/// What Motet asks of the file system beside HDF5. What goes wrong is one line: Foundation's own
/// errors name its classes, and run over several.
public enum FileSystem {
  /// Makes a folder and those above it, unless they are there.
  public static func makeFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) == 0 { return }
    var reason = errno
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if reason == ENOENT, parent != path {
      try makeFolder(parent)
      if mkdir(path, 0o777) == 0 { return }
      reason = errno
    }
    if reason == EEXIST, isFolder(path) { return }
    var status = stat()
    if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path),
      stat(path, &status) != 0
    {
      throw FileError(path: path, message: "is a link to \(target), which is not there")
    }
    throw FileError(path: path, message: "cannot be made (\(String(cString: strerror(reason))))")
  }

  /// An absolute path without links, as far as it is there: two names of one folder give one.
  public static func resolved(_ path: String) -> String {
    var place = URL(fileURLWithPath: path).standardizedFileURL
    var rest: [String] = []
    while place.path != "/" {
      if let real = realpath(place.path, nil) {
        defer { free(real) }
        return ([String(cString: real)] + rest).joined(separator: "/")
      }
      rest.insert(place.lastPathComponent, at: 0)
      place.deleteLastPathComponent()
    }
    return "/" + rest.joined(separator: "/")
  }

  /// Whether there is a folder of this path, or a link to one.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The folder that a file is in.
  public static func parent(of path: String) -> String {
    URL(fileURLWithPath: path).deletingLastPathComponent().path
  }

  /// Removes a file, or a folder with all that is in it; where there is none, it is gone already.
  public static func remove(_ path: String) throws(FileError) {
    if unlink(path) == 0 || errno == ENOENT { return }
    let reason = errno
    var status = stat()
    let isFolder = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    if isFolder, (try? FileManager.default.removeItem(atPath: path)) != nil { return }
    throw FileError(
      path: path,
      message: isFolder
        ? "cannot be removed with all that is in it"
        : "cannot be removed (\(String(cString: strerror(reason))))")
  }

  /// The bytes of a small file; nil where there is none that can be read, or it is larger. A pipe,
  /// to which perhaps nobody writes, is not waited for.
  public static func contents(_ path: String, most: Int = 64 << 20) -> [UInt8]? {
    try? bytes(path, most: most)
  }

  /// The same; throws where there is none that can be read, or it is larger.
  public static func bytes(_ path: String, most: Int) throws(FileError) -> [UInt8] {
    let file = try FileBlocks(path)
    guard file.count <= most else {
      throw FileError(path: path, message: "is of \(file.count) bytes, more than \(most)")
    }
    return try file.read(file.count, at: 0)
  }

  /// Writes a small file so that its name never holds half of it.
  public static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
    try replace(path) { temporary in
      let file = try FileBlocks(creating: temporary)
      try file.append(Array(bytes))
    }
  }

  /// Adds bytes at the end of a file, synced. What fails leaves some of the first of them.
  public static func append(_ bytes: some Collection<UInt8>, to path: String) throws(FileError) {
    try FileBlocks(path, writable: true).append(Array(bytes))
    try sync(path, flags: O_RDWR)
  }

  /// Gives a file its name once it is whole: it is made under another beside it, synced, renamed,
  /// and the folder synced. What fails leaves nothing behind, and what killed processes left is
  /// removed.
  /// - Parameters:
  ///   - sweeps: whether to look for what killed processes left. Where a folder has very many files
  ///     somebody else looks, once.
  ///   - body: makes the file under its temporary path, by which its errors may call it.
  static func replace(
    _ path: String, sweeps: Bool = true, by body: (_ temporary: String) throws -> Void
  ) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let temporary = TemporaryName.beside(path)
    if sweeps { TemporaryName.removeAbandoned(path) }
    do {
      // A process of this number that is no more may have left one.
      unlink(temporary)
      try body(temporary)
      try sync(temporary, flags: O_RDWR)
      guard rename(temporary, path) == 0 else {
        throw FileError(path: path, cannotBe: "written", "rename")
      }
      try sync(folder: folder)
    } catch let error as FileError where error.path == temporary {
      unlink(temporary)
      throw FileError(path: path, message: error.message)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Sees to it that the names in a folder outlive a power cut.
  public static func sync(folder: String) throws(FileError) {
    try sync(folder, flags: O_RDONLY | O_DIRECTORY)
  }

  private static func sync(_ path: String, flags: Int32) throws(FileError) {
    let descriptor = open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, cannotBe: "written", "open") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError(path: path, cannotBe: "written", "fsync") }
  }
}
