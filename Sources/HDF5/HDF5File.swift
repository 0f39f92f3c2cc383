import CHDF5
import Foundation

/// An open HDF5 file. Not for several threads at once.
public final class HDF5File {
  public let path: String
  let id: hid_t
  private var isOpen = true
  /// What the library said first where it closed an object that had been written to.
  private var lost: HDF5Error?
  /// Whether it was opened for reading alone: then it may be anybody's.
  let isReading: Bool
  /// Once a text was read.
  var openHeap: GlobalHeap?
  /// Data sets whose chunks, added up, are no more than the file.
  var withCheckedChunks: Set<String> = []

  private init(path: String, id: hid_t, isReading: Bool) {
    self.path = path
    self.id = id
    self.isReading = isReading
  }

  /// A new file, where nothing has its name. Most writers want `HDF5File.save`, which is atomic.
  public static func create(_ path: String) throws -> HDF5File {
    _ = library
    try requireNew(path)
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
      H5Fcreate(path, chdf5_exclusive(), creation, access)
    }
    return HDF5File(path: path, id: id, isReading: false)
  }

  /// An existing file, for reading (or `writable`). Errors say whether the file is missing,
  /// is not HDF5, is in use or is damaged.
  public static func open(_ path: String, writable: Bool = false) throws -> HDF5File {
    _ = library
    try requireRegular(path)
    guard H5Fis_hdf5(path) > 0 else {
      throw HDF5Error(path: path, call: "open", stack: ["this is not an HDF5 file"])
    }
    let access = try check(path, "", "H5Pcreate") { H5Pcreate(chdf5_file_access()) }
    defer { H5Pclose(access) }
    try check(path, "", "H5Pset_file_locking") { H5Pset_file_locking(access, true, true) }
    return HDF5File(
      path: path, id: try openFile(path, access, writable: writable), isReading: !writable)
  }

  private static func openFile(
    _ path: String, _ access: hid_t, writable: Bool
  ) throws(HDF5Error) -> hid_t {
    do {
      return try check(path, "", "H5Fopen") {
        H5Fopen(path, writable ? chdf5_read_write() : chdf5_read_only(), access)
      }
    } catch {
      let reason: String
      if error.stack.contains(where: { $0.hasPrefix("truncated file") }) {
        reason = "the file is truncated; copy or make it again"
      } else if error.stack.contains(where: { $0.hasPrefix("unable to lock file") }) {
        reason =
          "another program has it open for writing: close it there; where none has, the file "
          + "system's locks fail: set HDF5_USE_FILE_LOCKING=FALSE"
      } else {
        throw error
      }
      throw HDF5Error(path: path, call: "open", stack: [reason])
    }
  }

  deinit { if isOpen { H5Fclose(id) } }

  /// Writes what is left in memory, and closes the file; it is not to be used after that. Throws
  /// where anything of it could not be written.
  public func finish() throws {
    try flush()
    if let lost { throw lost }
    isOpen = false
    try check(path, "", "H5Fclose") { H5Fclose(id) }
  }

  /// Closes an object. Much of what was written to it is written then, and where that fails, no
  /// later call does: the file's own closing says so.
  func closeObject(_ object: String, _ call: StaticString, _ body: () -> herr_t) {
    do { try check(path, object, call, body) } catch { lost = lost ?? error }
  }

  /// The library, made ready. It is not to clean up at exit: that crashes where a file could not be
  /// closed because the disk is full.
  private static let library: herr_t = {
    H5dont_atexit()
    let status = H5open()
    // No file makes the library open others.
    H5Lunregister(H5L_TYPE_EXTERNAL)
    return status
  }()

  /// Whether the library lets several threads use several files at once (Debian's does).
  public static var isThreadSafe: Bool {
    _ = library
    var isSafe: hbool_t = false
    H5is_library_threadsafe(&isSafe)
    return isSafe
  }

  /// The system's descriptor of the file.
  func descriptor() throws -> Int32 {
    var handle: UnsafeMutableRawPointer?
    try check(path, "", "H5Fget_vfd_handle") {
      H5Fget_vfd_handle(id, hid_t(H5P_DEFAULT), &handle)
    }
    return handle!.load(as: Int32.self)
  }

  /// Bytes of the file.
  func size() throws -> Int {
    var status = stat()
    guard fstat(try descriptor(), &status) == 0 else {
      throw HDF5Error(path: path, call: "fstat", stack: [String(cString: strerror(errno))])
    }
    return Int(status.st_size)
  }

  /// Whether the file is no longer than the library counts: nothing stands after its content.
  public func endsWhereItSays() throws -> Bool {
    var end: haddr_t = 0
    try check(path, "", "H5Fget_eoa") { H5Fget_eoa(id, &end) }
    return try Int(exactly: end) == size()
  }

  func flush() throws { try check(path, "", "H5Fflush") { H5Fflush(id, H5F_SCOPE_LOCAL) } }

  /// Whether a group or data set of this name exists.
  public func contains(_ name: String) throws -> Bool {
    var partial = ""
    for part in name.split(separator: "/") {
      partial += "/" + part
      let exists = try check(path, partial, "H5Lexists") {
        H5Lexists(id, partial, hid_t(H5P_DEFAULT))
      }
      if exists == 0 { return false }
    }
    return true
  }

  /// Whether this is the name of a group.
  public func isGroup(_ name: String) throws -> Bool {
    guard try contains(name) else { return false }
    let object = try check(path, name, "H5Oopen") { H5Oopen(id, name, hid_t(H5P_DEFAULT)) }
    defer { H5Oclose(object) }
    return H5Iget_type(object) == H5I_GROUP
  }

  /// The names inside a group, sorted.
  public func names(in group: String = "/") throws -> [String] {
    let handle = try check(path, group, "H5Gopen2") { H5Gopen2(id, group, hid_t(H5P_DEFAULT)) }
    defer { H5Gclose(handle) }
    // In an order of its own the library would make a table of them first, which it releases
    // unfilled where the group is damaged.
    var names: [[UInt8]] = []
    try withUnsafeMutablePointer(to: &names) { pointer in
      _ = try check(path, group, "H5Literate") {
        chdf5_each_link(
          handle,
          { name, found in
            found!.assumingMemoryBound(to: [[UInt8]].self).pointee
              .append(Array(UnsafeRawBufferPointer(start: name!, count: strlen(name!))))
          }, pointer)
      }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Makes a group and those above it, unless they are there.
  public func makeGroup(_ name: String) throws {
    guard try !contains(name) else { return }
    try makeParents(of: name)
    let creation = try check(path, name, "H5Pcreate") { H5Pcreate(chdf5_group_create()) }
    defer { H5Pclose(creation) }
    try check(path, name, "H5Pset_obj_track_times") { H5Pset_obj_track_times(creation, false) }
    let group = try check(path, name, "H5Gcreate2") {
      H5Gcreate2(id, name, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT))
    }
    closeObject(name, "H5Gclose") { H5Gclose(group) }
  }

  /// Makes the groups above an object. Those that the library makes by itself carry the time.
  func makeParents(of name: String) throws {
    guard let end = name.lastIndex(of: "/"), end > name.startIndex else { return }
    try makeGroup(String(name[..<end]))
  }
}
