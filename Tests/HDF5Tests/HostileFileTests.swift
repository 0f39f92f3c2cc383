import CHDF5
import Files
import Foundation
import TestSupport
import Testing

@testable import HDF5

/// Files that say more than they hold, or something else than what is asked for.
@Suite(.serialized) struct HostileFileTests {
  private let folder = TemporaryFolder()

  /// A file made by the library's own functions, opened for reading.
  private func made(_ make: (_ file: hid_t) -> Void) throws -> (path: String, file: HDF5File) {
    let path = folder.path("a.h5")
    try HDF5File.save(path) { make($0.id) }
    return (path, try HDF5File.open(path))
  }

  private func attribute(
    _ file: hid_t, _ name: String, _ type: hid_t, _ count: Int, _ values: UnsafeRawPointer
  ) {
    let space = H5Screate_simple(1, [hsize_t(count)], nil)
    let attribute = H5Acreate2(file, name, type, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    #expect(attribute >= 0 && H5Awrite(attribute, type, values) >= 0)
    H5Aclose(attribute)
    H5Sclose(space)
  }

  private func fixedText(_ size: Int, _ padding: H5T_str_t) -> hid_t {
    let type = H5Tcopy(chdf5_c_s1())
    H5Tset_size(type, size)
    H5Tset_strpad(type, padding)
    return type
  }

  @Test func attributesAreOneValueOfTheKindThatIsWanted() throws {
    let (path, file) = try made { file in
      attribute(file, "many", chdf5_native_int64(), 4_000, [Int64](repeating: 7, count: 4_000))
      attribute(file, "one", chdf5_native_int64(), 1, [7 as Int64])
      attribute(file, "real", chdf5_native_double(), 1, [0.5])
      let texts = fixedText(8, H5T_STR_NULLTERM)
      attribute(file, "texts", texts, 1_000, [UInt8](repeating: 65, count: 8_000))
      H5Tclose(texts)
    }
    func said(_ body: () throws -> Void) -> String? { message(body) }
    let many = "\(path): /@many: read failed: this attribute is not one value"
    #expect(said { _ = try file.intAttribute("many") } == many)
    #expect(said { _ = try file.doubleAttribute("many") } == many)
    #expect(said { _ = try file.textAttribute("many") } == many)
    #expect(
      said { _ = try file.textAttribute("texts") }
        == "\(path): /@texts: read failed: this attribute is not one value")
    #expect(try file.intAttribute("one") == 7 && file.doubleAttribute("one") == 7)
    #expect(
      said { _ = try file.textAttribute("one") } == "\(path): /@one: read failed: this is no text"
    )
    #expect(
      said { _ = try file.intAttribute("real") }
        == "\(path): /@real: read failed: this is not a number of the kind that is expected")
  }

  @Test func textsOfFixedLengthAreRead() throws {
    let (_, file) = try made { file in
      let (padded, spaced) = (fixedText(4, H5T_STR_NULLPAD), fixedText(4, H5T_STR_SPACEPAD))
      attribute(file, "padded", padded, 1, Array("ab\0\0".utf8))
      attribute(file, "full", padded, 1, Array("abcd".utf8))
      attribute(file, "spaced", spaced, 1, Array("ab  ".utf8))
      let space = H5Screate_simple(1, [2], nil)
      let set = H5Dcreate2(
        file, "texts", padded, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
      H5Dwrite(
        set, padded, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), Array("abc\0wxyz".utf8))
      H5Dclose(set)
    }
    #expect(try file.textAttribute("padded") == "ab")
    #expect(try file.textAttribute("full") == "abcd")
    #expect(try file.textAttribute("spaced") == "ab")
    #expect(try file.texts("texts") == ["abc", "wxyz"])
  }

  /// Extents that nothing stands behind: chunks that were never written, and space never taken.
  @Test(arguments: [0, 4]) func extentsBeyondTheFileAreRefused(level: Int) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      let long = 1 << 42
      try HDF5File.save(path) { file in
        try file.createDataset("chunked", of: Int32.self, shape: [long], level: level)
        try file.createDataset("wide", of: Int32.self, shape: [2, long / 4], chunk: [1, 1024])
        try file.createDataset("thick", of: UInt8.self, shape: [8, 1 << 30], chunk: [1, 1 << 30])
        let space = H5Screate_simple(1, [hsize_t(long)], nil)
        for (name, type) in [("plain", chdf5_i32le()), ("text", try file.textType())] {
          H5Dclose(
            H5Dcreate2(
              file.id, name, type, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT),
              hid_t(H5P_DEFAULT)))
        }
      }
      let file = try HDF5File.open(path)
      let size = try file.size()
      func beyond(_ name: String, _ extent: [Int]) -> String {
        "\(path): \(name): read failed: an extent of \(extent) is more than this file of \(size) "
          + "bytes can hold"
      }
      for name in ["chunked", "plain"] {
        #expect(message { _ = try file.read(name) as [Int32] } == beyond(name, [long]))
        #expect(message { _ = try file.storedShape(name) } == beyond(name, [long]))
        #expect(
          message { _ = try file.read(name, rows: 0..<1 << 30) as [Int32] } == beyond(name, [long]))
        #expect(try file.shape(name) == [long])
        #expect(
          message { _ = try file.read(name, rows: 0..<long + 1) as [Int32] }
            == "\(path): \(name): read failed: rows 0..<\(long + 1) of \(long)")
      }
      #expect(
        message { _ = try file.read("wide", rows: 0..<1) as [Int32] }
          == beyond("wide", [2, long / 4]))
      #expect(
        message { _ = try file.read("thick", rows: 0..<1) as [UInt8] }
          == beyond("thick", [8, 1 << 30]))
      #expect(
        message { _ = try file.texts("text") }?.hasSuffix("bytes are more than the file can hold")
          == true)
    }
  }

  /// What packs well is read, though it is far more than the file.
  @Test func packedValuesAreRead() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      let count = 1 << 20
      try HDF5File.save(path) { try $0.write("x", [Int64](repeating: 7, count: count), level: 9) }
      let file = try HDF5File.open(path)
      #expect(try file.size() < count / 8)
      #expect(try file.read("x") as [Int64] == [Int64](repeating: 7, count: count))
    }
  }

  @Test func extentsThatNobodyCanCountAreRefused() throws {
    let (path, file) = try made { file in
      let space = H5Screate_simple(2, [1 << 40, 1 << 40], nil)
      let creation = H5Pcreate(chdf5_dataset_create())
      H5Pset_chunk(creation, 2, [1, 1])
      H5Dclose(
        H5Dcreate2(
          file, "x", chdf5_i32le(), space, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT)))
    }
    #expect(
      message { _ = try file.shape("x") }
        == "\(path): x: read failed: an extent of [1099511627776, 1099511627776] is more than a "
        + "file can hold")
  }

  /// A file leads to no other: neither by links, nor by values kept elsewhere.
  @Test func otherFilesAreNotRead() throws {
    try withTemporaryFolder { folder in
      let (path, other) = ("\(folder)/a.h5", "\(folder)/b.h5")
      try HDF5File.save(other) { try $0.write("x", [1, 2] as [Int32]) }
      try writeFile("\(folder)/raw", [1, 2, 3, 4, 5, 6, 7, 8])
      try HDF5File.save(path) { file in
        H5Lcreate_external("b.h5", "/x", file.id, "link", hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
        let space = H5Screate_simple(1, [2], nil)
        let outside = H5Pcreate(chdf5_dataset_create())
        H5Pset_external(outside, "\(folder)/raw", 0, 8)
        let virtual = H5Pcreate(chdf5_dataset_create())
        H5Pset_virtual(virtual, space, other, "/x", space)
        for (name, creation) in [("outside", outside), ("virtual", virtual)] {
          let set = H5Dcreate2(
            file.id, name, chdf5_i32le(), space, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT))
          #expect(set >= 0)
          H5Dclose(set)
        }
      }
      let file = try HDF5File.open(path)
      for name in ["outside", "virtual"] {
        #expect(
          message { _ = try file.read(name) as [Int32] }
            == "\(path): \(name): read failed: its values are in another file, which is not read")
      }
      #expect(throws: HDF5Error.self) { _ = try file.read("link") as [Int32] }
    }
  }

  @Test func onlyNumbersAreReadAsNumbers() throws {
    let (path, file) = try made { file in
      let space = H5Screate_simple(1, [2], nil)
      let wide = H5Tcopy(chdf5_i32le())
      H5Tset_size(wide, 1 << 20)
      let narrow = H5Tcopy(chdf5_i32le())
      H5Tset_precision(narrow, 3)
      for (name, type) in [
        ("wide", wide), ("narrow", narrow), ("text", fixedText(4, H5T_STR_NULLPAD)),
      ] {
        H5Dclose(
          H5Dcreate2(
            file, name, type, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT)))
      }
    }
    for name in ["wide", "narrow", "text"] {
      #expect(message { _ = try file.read(name, rows: 0..<1) as [Int32] } != nil, "\(name)")
    }
    #expect(
      message { _ = try file.read("narrow") as [Int32] }
        == "\(path): narrow: read failed: its elements are not numbers")
  }
}
