import CHDF5
import Foundation

/// Data sets of texts: written as variable-length UTF-8, read whatever their length.
extension HDF5File {
  func textType() throws -> hid_t {
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
    defer { closeObject(name, "H5Dclose") { H5Dclose(set) } }
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    guard !copies.isEmpty else { return }
    guard !copies.contains(nil) else {
      throw HDF5Error(path: path, object: name, call: "strdup", stack: ["no memory"])
    }
    try check(path, name, "H5Dwrite") {
      H5Dwrite(set, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), copies)
    }
  }

  public func texts(_ name: String) throws -> [String] {
    let set = try OpenDataset(self, name)
    let type = try set.type()
    defer { H5Tclose(type) }
    return try texts(name, count: set.count, type: type) { try set.readAll($0, into: $1) }
  }
}
