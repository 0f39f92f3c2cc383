import Foundation
import HDF5

extension HDF5File {
  /// Writes a file so that its name never holds a half-written one: under another name beside it,
  /// flushed, synced, renamed, and the folder synced. What fails leaves nothing behind, and what a
  /// killed process left is removed.
  /// - Parameters:
  ///   - sweeps: whether to look for what killed processes left. Where a folder has very many files
  ///     somebody else looks, once.
  ///   - seal: called with the closed file's temporary path before it is synced.
  public static func save(
    _ path: String, sweeps: Bool = true, seal: (String) throws -> Void = { _ in },
    _ body: (HDF5File) throws -> Void
  ) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let temporary = TemporaryName.beside(path)
    if sweeps { TemporaryName.removeAbandoned(path) }
    do {
      // A process of this number that is no more may have left one.
      unlink(temporary)
      try write(temporary, body)
      try seal(temporary)
      try sync(temporary, flags: O_RDWR)
      guard rename(temporary, path) == 0 else { throw systemError(path, "rename") }
      try sync(folder, flags: O_RDONLY | O_DIRECTORY)
    } catch let error as HDF5Error where error.path == temporary {
      unlink(temporary)
      throw HDF5Error(path: path, object: error.object, call: error.call, stack: error.stack)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private static func write(_ path: String, _ body: (HDF5File) throws -> Void) throws {
    let file = try create(path)
    try body(file)
    try file.flush()
  }

  private static func sync(_ path: String, flags: Int32) throws {
    let descriptor = Glibc.open(path, flags)
    guard descriptor >= 0 else { throw systemError(path, "open") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemError(path, "fsync") }
  }

  private static func systemError(_ path: String, _ call: String) -> HDF5Error {
    HDF5Error(path: path, call: call, stack: [String(cString: strerror(errno))])
  }
}
