import CHDF5
import Foundation

/// An open HDF5 file. Not for several threads at once.
public final class HDF5File {
  public let path: String
  let id: hid_t

  private init(path: String, id: hid_t) {
    self.path = path
    self.id = id
  }

  /// A new file, over any old one. Most writers want `HDF5File.save`, which is atomic.
  public static func create(_ path: String) throws -> HDF5File {
    _ = library
    // The library's own words for a folder that is missing or read-only run over a line.
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT, 0o666)
    guard descriptor >= 0 else {
      throw HDF5Error(path: path, call: "create", stack: [String(cString: strerror(errno))])
    }
    Glibc.close(descriptor)
    let access = try check(path, "", "H5Pcreate") { H5Pcreate(chdf5_file_access()) }
    defer { H5Pclose(access) }
    try check(path, "", "H5Pset_libver_bounds") {
      H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110)
    }
    let creation = try check(path, "", "H5Pcreate") { H5Pcreate(chdf5_file_create()) }
    defer { H5Pclose(creation) }
    // Without creation times the same content is the same bytes.
    try check(path, "", "H5Pset_obj_track_times") { H5Pset_obj_track_times(creation, false) }
    let id = try check(path, "", "H5Fcreate") {
      H5Fcreate(path, chdf5_truncate(), creation, access)
    }
    return HDF5File(path: path, id: id)
  }

  /// An existing file, for reading (or `writable`). Errors say whether the file is missing,
  /// is not HDF5 or is damaged.
  public static func open(_ path: String, writable: Bool = false) throws -> HDF5File {
    _ = library
    guard FileManager.default.fileExists(atPath: path) else {
      throw HDF5Error(path: path, call: "open", stack: ["there is no such file"])
    }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw HDF5Error(path: path, call: "open", stack: ["no permission to read it"])
    }
    guard H5Fis_hdf5(path) > 0 else {
      throw HDF5Error(path: path, call: "open", stack: ["this is not an HDF5 file"])
    }
    let access = try check(path, "", "H5Pcreate") { H5Pcreate(chdf5_file_access()) }
    defer { H5Pclose(access) }
    try check(path, "", "H5Pset_file_locking") { H5Pset_file_locking(access, true, true) }
    return HDF5File(path: path, id: try openFile(path, access, writable: writable))
  }

  private static func openFile(
    _ path: String, _ access: hid_t, writable: Bool
  ) throws(HDF5Error) -> hid_t {
    do {
      return try check(path, "", "H5Fopen") {
        H5Fopen(path, writable ? chdf5_read_write() : chdf5_read_only(), access)
      }
    } catch {
      guard error.stack.contains(where: { $0.hasPrefix("truncated file") }) else { throw error }
      throw HDF5Error(
        path: path, call: "open", stack: ["the file is truncated; copy or make it again"])
    }
  }

  deinit { H5Fclose(id) }

  /// The library, made ready. It is not to clean up at exit: that crashes where a file could not be
  /// closed because the disk is full.
  private static let library: herr_t = {
    H5dont_atexit()
    return H5open()
  }()

  /// Whether the library lets several threads use several files at once (Debian's does).
  public static var isThreadSafe: Bool {
    _ = library
    var isSafe: hbool_t = false
    H5is_library_threadsafe(&isSafe)
    return isSafe
  }

  public func flush() throws { try check(path, "", "H5Fflush") { H5Fflush(id, H5F_SCOPE_LOCAL) } }

  /// Whether a group or data set of this name exists.
  public func contains(_ name: String) -> Bool {
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    var partial = ""
    for part in name.split(separator: "/") {
      partial += "/" + part
      if H5Lexists(id, partial, hid_t(H5P_DEFAULT)) <= 0 { return false }
    }
    return true
  }

  /// Whether this is the name of a group.
  public func isGroup(_ name: String) -> Bool {
    guard contains(name) else { return false }
    let group = H5Gopen2(id, name, hid_t(H5P_DEFAULT))
    if group >= 0 { H5Gclose(group) }
    return group >= 0
  }

  /// The names inside a group, sorted.
  public func names(in group: String = "/") throws -> [String] {
    let handle = try check(path, group, "H5Gopen2") { H5Gopen2(id, group, hid_t(H5P_DEFAULT)) }
    defer { H5Gclose(handle) }
    var info = H5G_info_t()
    try check(path, group, "H5Gget_info") { H5Gget_info(handle, &info) }
    return try (0..<info.nlinks).map { index in
      let length = try check(path, group, "H5Lget_name_by_idx") {
        H5Lget_name_by_idx(
          handle, ".", H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, hid_t(H5P_DEFAULT))
      }
      var buffer = [CChar](repeating: 0, count: length + 1)
      H5Lget_name_by_idx(
        handle, ".", H5_INDEX_NAME, H5_ITER_INC, index, &buffer, buffer.count, hid_t(H5P_DEFAULT))
      return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// Makes a group and those above it, unless they are there.
  public func makeGroup(_ name: String) throws {
    guard !contains(name) else { return }
    try makeParents(of: name)
    let creation = try check(path, name, "H5Pcreate") { H5Pcreate(chdf5_group_create()) }
    defer { H5Pclose(creation) }
    try check(path, name, "H5Pset_obj_track_times") { H5Pset_obj_track_times(creation, false) }
    let group = try check(path, name, "H5Gcreate2") {
      H5Gcreate2(id, name, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT))
    }
    H5Gclose(group)
  }

  /// Makes the groups above an object. Those that the library makes by itself carry the time.
  func makeParents(of name: String) throws {
    guard let end = name.lastIndex(of: "/"), end > name.startIndex else { return }
    try makeGroup(String(name[..<end]))
  }
}
