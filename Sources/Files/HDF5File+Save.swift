import HDF5

extension HDF5File {
  /// Writes a file so that its name never holds a half-written one (`FileSystem.replace`).
  /// - Parameters:
  ///   - sweeps: whether to look for what killed processes left.
  ///   - seal: called with the closed file's temporary path before it is synced.
  public static func save(
    _ path: String, sweeps: Bool = true, seal: (String) throws -> Void = { _ in },
    _ body: (HDF5File) throws -> Void
  ) throws {
    try FileSystem.replace(path, sweeps: sweeps) { temporary in
      do {
        try write(temporary, body)
        try seal(temporary)
      } catch let error as HDF5Error where error.path == temporary {
        throw error.of(path)
      }
    }
  }

  private static func write(_ path: String, _ body: (HDF5File) throws -> Void) throws {
    let file = try create(path)
    try body(file)
    try file.finish()
  }
}
