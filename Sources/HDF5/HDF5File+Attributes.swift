import CHDF5

/// Attributes: one text or one number each.
extension HDF5File {
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

  public func hasAttribute(_ name: String, on object: String = "/") throws -> Bool {
    try check(path, "\(object)@\(name)", "H5Aexists_by_name") {
      H5Aexists_by_name(id, object, name, hid_t(H5P_DEFAULT))
    } > 0
  }

  /// The names of an object's attributes, sorted.
  public func attributeNames(on object: String = "/") throws -> [String] {
    let handle = try check(path, object, "H5Oopen") { H5Oopen(id, object, hid_t(H5P_DEFAULT)) }
    defer { H5Oclose(handle) }
    var names: [String] = []
    try withUnsafeMutablePointer(to: &names) { pointer in
      _ = try check(path, object, "H5Aiterate2") {
        H5Aiterate2(
          handle, H5_INDEX_NAME, H5_ITER_NATIVE, nil,
          { _, name, _, context in
            context!.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name!))
            return 0
          }, pointer)
      }
    }
    return names.sorted()
  }

  public func textAttribute(_ name: String, on object: String = "/") throws -> String {
    try withAttribute(name, on: object) { attribute, type in
      let texts = try texts("\(object)@\(name)", count: 1, type: type) { type, memory in
        try check(path, name, "H5Aread") { H5Aread(attribute, type, memory) }
      }
      return texts.first ?? ""
    }
  }

  public func intAttribute(_ name: String, on object: String = "/") throws -> Int64 {
    var value: Int64 = 0
    try readNumber(name, on: object, chdf5_native_int64(), &value) {
      H5Tget_class($0) == H5T_INTEGER
    }
    return value
  }

  public func doubleAttribute(_ name: String, on object: String = "/") throws -> Double {
    var value = 0.0
    try readNumber(name, on: object, chdf5_native_double(), &value)
    return value
  }

  private func writeAttribute(
    _ name: String, on object: String, fileType: hid_t, memoryType: hid_t,
    _ value: UnsafeRawPointer
  ) throws {
    let space = try check(path, name, "H5Screate") { H5Screate(H5S_SCALAR) }
    defer { H5Sclose(space) }
    if try hasAttribute(name, on: object) {
      try check(path, name, "H5Adelete_by_name") {
        H5Adelete_by_name(id, object, name, hid_t(H5P_DEFAULT))
      }
    }
    let attribute = try check(path, name, "H5Acreate_by_name") {
      H5Acreate_by_name(
        id, object, name, fileType, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT),
        hid_t(H5P_DEFAULT))
    }
    defer { closeObject(name, "H5Aclose") { H5Aclose(attribute) } }
    try check(path, name, "H5Awrite") { H5Awrite(attribute, memoryType, value) }
  }

  private func readNumber(
    _ name: String, on object: String, _ memoryType: hid_t, _ value: UnsafeMutableRawPointer,
    isWanted: (hid_t) -> Bool = { _ in true }
  ) throws {
    try withAttribute(name, on: object) { attribute, type in
      guard isNumber(type), isWanted(type) else {
        throw wrong(name, on: object, "this is not a number of the kind that is expected")
      }
      try check(path, name, "H5Aread") { H5Aread(attribute, memoryType, value) }
    }
  }

  /// Lends an attribute and its type. Throws where it is not just one element: the library writes
  /// as many into memory as there are.
  private func withAttribute<R>(
    _ name: String, on object: String, _ body: (_ attribute: hid_t, _ type: hid_t) throws -> R
  ) throws -> R {
    guard try hasAttribute(name, on: object) else {
      throw wrong(name, on: object, "there is no such attribute")
    }
    let attribute = try check(path, name, "H5Aopen_by_name") {
      H5Aopen_by_name(id, object, name, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    }
    defer { H5Aclose(attribute) }
    let space = try check(path, name, "H5Aget_space") { H5Aget_space(attribute) }
    defer { H5Sclose(space) }
    let type = try check(path, name, "H5Aget_type") { H5Aget_type(attribute) }
    defer { H5Tclose(type) }
    guard H5Sget_simple_extent_npoints(space) == 1 else {
      throw wrong(name, on: object, "this attribute is not one value")
    }
    return try body(attribute, type)
  }

  private func wrong(_ name: String, on object: String, _ reason: String) -> HDF5Error {
    HDF5Error(path: path, object: "\(object)@\(name)", call: "read", stack: [reason])
  }
}
