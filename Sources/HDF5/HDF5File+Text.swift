import CHDF5
import Foundation

/// Variable-length UTF-8 texts: data sets and attributes; and whole-number and real attributes.
extension HDF5File {
  private func textType() throws -> hid_t {
    let type = try check(path, "", "H5Tcopy") { H5Tcopy(chdf5_c_s1()) }
    H5Tset_size(type, chdf5_variable())
    H5Tset_cset(type, H5T_CSET_UTF8)
    return type
  }

  public func write(_ name: String, texts: [String]) throws {
    let type = try textType()
    defer { H5Tclose(type) }
    let space = try check(path, name, "H5Screate_simple") {
      H5Screate_simple(1, [hsize_t(texts.count)], nil)
    }
    defer { H5Sclose(space) }
    let creation = try check(path, name, "H5Pcreate") { H5Pcreate(chdf5_dataset_create()) }
    defer { H5Pclose(creation) }
    H5Pset_obj_track_times(creation, false)
    try makeParents(of: name)
    let set = try check(path, name, "H5Dcreate2") {
      H5Dcreate2(id, name, type, space, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT))
    }
    defer { H5Dclose(set) }
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    guard !copies.isEmpty else { return }
    try check(path, name, "H5Dwrite") {
      H5Dwrite(set, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), copies)
    }
  }

  public func texts(_ name: String) throws -> [String] {
    let count = try shape(name).reduce(1, *)
    guard count > 0 else { return [] }
    let type = try textType()
    defer { H5Tclose(type) }
    let set = try check(path, name, "H5Dopen2") { H5Dopen2(id, name, hid_t(H5P_DEFAULT)) }
    defer { H5Dclose(set) }
    let space = try check(path, name, "H5Dget_space") { H5Dget_space(set) }
    defer { H5Sclose(space) }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    try check(path, name, "H5Dread") {
      H5Dread(set, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), &pointers)
    }
    defer { H5Dvlen_reclaim(type, space, hid_t(H5P_DEFAULT), &pointers) }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }

  public func setAttribute(_ name: String, _ value: String, on object: String = "/") throws {
    let type = try textType()
    defer { H5Tclose(type) }
    try value.withCString { text in
      var pointer: UnsafePointer<CChar>? = text
      try writeAttribute(name, on: object, fileType: type, memoryType: type, &pointer)
    }
  }

  public func setAttribute(_ name: String, _ value: Int64, on object: String = "/") throws {
    var value = value
    try writeAttribute(
      name, on: object, fileType: chdf5_i64le(), memoryType: chdf5_native_int64(), &value)
  }

  public func setAttribute(_ name: String, _ value: Double, on object: String = "/") throws {
    var value = value
    try writeAttribute(
      name, on: object, fileType: chdf5_f64le(), memoryType: chdf5_native_double(), &value)
  }

  public func hasAttribute(_ name: String, on object: String = "/") -> Bool {
    H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil)
    return H5Aexists_by_name(id, object, name, hid_t(H5P_DEFAULT)) > 0
  }

  /// The names of an object's attributes, sorted.
  public func attributeNames(on object: String = "/") throws -> [String] {
    let handle = try check(path, object, "H5Oopen") { H5Oopen(id, object, hid_t(H5P_DEFAULT)) }
    defer { H5Oclose(handle) }
    var names: [String] = []
    try withUnsafeMutablePointer(to: &names) { pointer in
      _ = try check(path, object, "H5Aiterate2") {
        H5Aiterate2(
          handle, H5_INDEX_NAME, H5_ITER_INC, nil,
          { _, name, _, context in
            context!.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name!))
            return 0
          }, pointer)
      }
    }
    return names.sorted()
  }

  public func textAttribute(_ name: String, on object: String = "/") throws -> String {
    let type = try textType()
    defer { H5Tclose(type) }
    var pointer: UnsafeMutablePointer<CChar>?
    try readAttribute(name, on: object, type, &pointer)
    defer { H5free_memory(pointer) }
    return pointer.map { String(cString: $0) } ?? ""
  }

  public func intAttribute(_ name: String, on object: String = "/") throws -> Int64 {
    var value: Int64 = 0
    try readAttribute(name, on: object, chdf5_native_int64(), &value)
    return value
  }

  public func doubleAttribute(_ name: String, on object: String = "/") throws -> Double {
    var value = 0.0
    try readAttribute(name, on: object, chdf5_native_double(), &value)
    return value
  }

  private func writeAttribute(
    _ name: String, on object: String, fileType: hid_t, memoryType: hid_t,
    _ value: UnsafeRawPointer
  ) throws {
    let space = try check(path, name, "H5Screate") { H5Screate(H5S_SCALAR) }
    defer { H5Sclose(space) }
    if hasAttribute(name, on: object) {
      try check(path, name, "H5Adelete_by_name") {
        H5Adelete_by_name(id, object, name, hid_t(H5P_DEFAULT))
      }
    }
    let attribute = try check(path, name, "H5Acreate_by_name") {
      H5Acreate_by_name(
        id, object, name, fileType, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT),
        hid_t(H5P_DEFAULT))
    }
    defer { H5Aclose(attribute) }
    try check(path, name, "H5Awrite") { H5Awrite(attribute, memoryType, value) }
  }

  private func readAttribute(
    _ name: String, on object: String, _ type: hid_t, _ value: UnsafeMutableRawPointer
  ) throws {
    guard hasAttribute(name, on: object) else {
      throw HDF5Error(
        path: path, object: "\(object)@\(name)", call: "read",
        stack: ["there is no such attribute"])
    }
    let attribute = try check(path, name, "H5Aopen_by_name") {
      H5Aopen_by_name(id, object, name, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    }
    defer { H5Aclose(attribute) }
    try check(path, name, "H5Aread") { H5Aread(attribute, type, value) }
  }
}
