import CHDF5

/// How texts are read: variable-length ones by their references (`GlobalHeap`), so that the library
/// never follows them; fixed-length ones as the bytes that they are.
extension HDF5File {
  /// The type of an opaque block that takes one reference. The library is told that a reference
  /// becomes such a block by staying as it is.
  static let references: hid_t = {
    let block = H5Tcreate(H5T_OPAQUE, TextReference.size)
    let text = H5Tcopy(chdf5_c_s1())
    H5Tset_size(text, chdf5_variable())
    H5Tregister(H5T_PERS_SOFT, "motet references", text, block) { _, _, _, _, _, _, _, _, _ in 0 }
    H5Tclose(text)
    return block
  }()

  /// Reads `count` texts of a data set or an attribute.
  /// - Parameters:
  ///   - type: theirs.
  ///   - read: reads all of them in a type, into memory of the size that this type gives.
  func texts(
    _ object: String, count: Int, type: hid_t, read: (hid_t, UnsafeMutableRawPointer) throws -> Void
  ) throws -> [String] {
    func wrong(_ reason: String) -> HDF5Error {
      HDF5Error(path: path, object: object, call: "read", stack: [reason])
    }
    guard H5Tget_class(type) == H5T_STRING else { throw wrong("this is no text") }
    let isVariable = H5Tis_variable_str(type) > 0
    let size = isVariable ? TextReference.size : H5Tget_size(type)
    let (bytes, isTooMuch) = size.multipliedReportingOverflow(by: count)
    guard !isTooMuch, try !isReading || bytes <= self.size() else {
      throw wrong("\(count) texts of \(size) bytes are more than the file can hold")
    }
    guard count > 0, size > 0 else { return [] }
    if !isReading { try flush() }
    var memory = [UInt8](repeating: 0, count: bytes)
    try memory.withUnsafeMutableBytes {
      try read(isVariable ? Self.references : type, $0.baseAddress!)
    }
    return try memory.withUnsafeBytes { memory in
      let parts = (0..<count).map {
        UnsafeRawBufferPointer(rebasing: memory[$0 * size..<($0 + 1) * size])
      }
      if isVariable { return try heap().texts(parts.map(TextReference.init), object: object) }
      let isPaddedBySpaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD
      return parts.map { part in
        var text = part[...]
        if isPaddedBySpaces {
          while text.last == UInt8(ascii: " ") { text.removeLast() }
        }
        return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  }

  /// The file's heap of texts.
  private func heap() throws -> GlobalHeap {
    if let openHeap { return openHeap }
    let creation = try check(path, "", "H5Fget_create_plist") { H5Fget_create_plist(id) }
    defer { H5Pclose(creation) }
    var (block, address, length) = (hsize_t(0), 0, 0)
    H5Pget_userblock(creation, &block)
    H5Pget_sizes(creation, &address, &length)
    guard block == 0, address == 8, length == 8 else {
      throw HDF5Error(
        path: path, call: "read", stack: ["addresses of \(address) bytes are not read here"])
    }
    let heap = GlobalHeap(path: path, descriptor: try descriptor(), fileSize: try size())
    // What is being written goes on changing.
    if isReading { openHeap = heap }
    return heap
  }
}
