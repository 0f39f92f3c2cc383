import CHDF5

/// A data set for as long as this lives. What the file says of it is looked at before any memory is
/// taken: a few bytes can claim any extent, and HDF5 fills in what was never written.
final class OpenDataset {
  /// Outermost first.
  private(set) var extent: [Int] = []
  private let file: HDF5File
  private let name: String
  private var set: hid_t = -1
  private var space: hid_t = -1
  /// Bytes of an element, in the file.
  private var elementSize = 0
  /// How many bytes one in the file can become.
  private var unpacking = 1

  /// Bytes that one can be after deflate, at the very most.
  private static let deflation = 1032
  /// A chunk of up to so many bytes is read whole whatever the size of the file.
  private static let smallChunk = 16 << 20

  init(_ file: HDF5File, _ name: String) throws {
    self.file = file
    self.name = name
    guard try file.contains(name) else { throw wrong("there is no such data set") }
    set = try check(file.path, name, "H5Dopen2") { H5Dopen2(file.id, name, hid_t(H5P_DEFAULT)) }
    space = try check(file.path, name, "H5Dget_space") { H5Dget_space(set) }
    let rank = try check(file.path, name, "H5Sget_simple_extent_ndims") {
      H5Sget_simple_extent_ndims(space)
    }
    var found = [hsize_t](repeating: 0, count: Int(rank))
    H5Sget_simple_extent_dims(space, &found, nil)
    let type = try type()
    elementSize = H5Tget_size(type)
    H5Tclose(type)
    guard elementSize > 0, let extent = Self.numbers(found, of: elementSize),
      rank > 0 || H5Sget_simple_extent_npoints(space) == 1
    else { throw wrong("an extent of \(found) is more than a file can hold") }
    self.extent = extent
    try checkStorage()
  }

  deinit {
    if space >= 0 { H5Sclose(space) }
    if set >= 0 { file.closeObject(name, "H5Dclose") { H5Dclose(set) } }
  }

  /// Elements in all.
  var count: Int { extent.reduce(1, *) }
  /// Elements of a row, an index along the first axis.
  var row: Int { extent.dropFirst().reduce(1, *) }

  /// The type of its elements; to be closed.
  func type() throws -> hid_t {
    try check(file.path, name, "H5Dget_type") { H5Dget_type(set) }
  }

  /// Throws where the file is too small to hold all of it.
  func requireStored() throws { try requireStored(bytes: count * elementSize) }

  /// Throws where these rows are not there, or the file is too small to hold them.
  /// - Returns: their elements.
  func require(_ rows: Range<Int>) throws -> Int {
    guard !extent.isEmpty else { return 1 }
    guard rows.lowerBound >= 0, rows.upperBound <= extent[0] else {
      throw wrong("rows \(rows.lowerBound)..<\(rows.upperBound) of \(extent[0])")
    }
    try requireStored(bytes: rows.count * row * elementSize)
    return rows.count * row
  }

  /// Reads rows that `require` has let pass.
  func read<T: HDF5Scalar>(_ rows: Range<Int>, into values: UnsafeMutableBufferPointer<T>) throws {
    guard !values.isEmpty else { return }
    try requireNumbers()
    try withSelection(rows) { memory, space, count in
      precondition(values.count == count, "\(name): room for \(values.count) of \(count)")
      try check(file.path, name, "H5Dread") {
        H5Dread(set, T.memoryType, memory, space, hid_t(H5P_DEFAULT), values.baseAddress)
      }
    }
  }

  func write<T: HDF5Scalar>(_ rows: Range<Int>, from values: UnsafeBufferPointer<T>) throws {
    try withSelection(rows) { memory, space, count in
      precondition(values.count == count, "\(name): \(values.count) values for \(count)")
      try check(file.path, name, "H5Dwrite") {
        H5Dwrite(set, T.memoryType, memory, space, hid_t(H5P_DEFAULT), values.baseAddress)
      }
    }
  }

  /// Reads all elements in a type of the caller's.
  func readAll(_ type: hid_t, into memory: UnsafeMutableRawPointer) throws {
    try check(file.path, name, "H5Dread") {
      H5Dread(set, type, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), memory)
    }
  }

  func lengthen(to rows: Int) throws {
    extent[0] = rows
    try check(file.path, name, "H5Dset_extent") { H5Dset_extent(set, extent.map { hsize_t($0) }) }
    H5Sclose(space)
    space = try check(file.path, name, "H5Dget_space") { H5Dget_space(set) }
  }

  /// Throws where the elements lie in other files, and where its chunks are larger than the file.
  private func checkStorage() throws {
    guard file.isReading else { return }
    let creation = try check(file.path, name, "H5Dget_create_plist") { H5Dget_create_plist(set) }
    defer { H5Pclose(creation) }
    let layout = H5Pget_layout(creation)
    guard [H5D_COMPACT, H5D_CONTIGUOUS, H5D_CHUNKED].contains(layout),
      H5Pget_external_count(creation) == 0
    else { throw wrong("its values are in another file, which is not read") }
    guard layout == H5D_CHUNKED else { return }
    for filter in 0..<UInt32(max(0, H5Pget_nfilters(creation))) {
      let kind = H5Pget_filter2(creation, filter, nil, nil, nil, 0, nil, nil)
      if ![H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32].contains(kind) { unpacking = Self.deflation }
    }
    var chunk = [hsize_t](repeating: 0, count: extent.count)
    guard H5Pget_chunk(creation, Int32(chunk.count), &chunk) == Int32(chunk.count),
      let chunk = Self.numbers(chunk, of: elementSize)
    else { throw wrong("its chunks are more than a file can hold") }
    let bytes = chunk.reduce(elementSize, *)
    if bytes > Self.smallChunk { try requireStored(bytes: bytes) }
    try checkChunks(creation)
  }

  /// Throws where chunks are longer than the file: the library takes memory for each of a data set
  /// with filters as its index says.
  private func checkChunks(_ creation: hid_t) throws {
    guard H5Pget_nfilters(creation) > 0, !file.withCheckedChunks.contains(name) else { return }
    let size = try file.size()
    guard Int(clamping: H5Dget_storage_size(set)) <= size else {
      throw wrong("its chunks are more than this file of \(size) bytes can hold")
    }
    file.withCheckedChunks.insert(name)
  }

  private func requireStored(bytes: Int) throws {
    guard file.isReading else { return }
    let size = try file.size()
    // Adding up a large data set's chunks takes long, and what the file could hold is harmless.
    guard bytes > size else { return }
    guard bytes / unpacking <= min(Int(clamping: H5Dget_storage_size(set)), size) else {
      throw wrong("an extent of \(extent) is more than this file of \(size) bytes can hold")
    }
  }

  /// Throws where the elements are not whole numbers or floating-point numbers as processors have
  /// them.
  private func requireNumbers() throws {
    let type = try type()
    defer { H5Tclose(type) }
    guard isNumber(type) else { throw wrong("its elements are not numbers") }
  }

  private func withSelection(
    _ rows: Range<Int>, _ body: (_ memory: hid_t, _ space: hid_t, _ count: Int) throws -> Void
  ) throws {
    guard !extent.isEmpty else { return try body(hid_t(H5S_ALL), hid_t(H5S_ALL), 1) }
    let count = try require(rows)
    var start = [hsize_t](repeating: 0, count: extent.count)
    start[0] = hsize_t(rows.lowerBound)
    let part = [hsize_t(rows.count)] + extent.dropFirst().map { hsize_t($0) }
    try check(file.path, name, "H5Sselect_hyperslab") {
      H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nil, part, nil)
    }
    let memory = try check(file.path, name, "H5Screate_simple") {
      H5Screate_simple(Int32(extent.count), part, nil)
    }
    defer { H5Sclose(memory) }
    try body(memory, space, count)
  }

  /// Lengths as `Int`s; nil where so many elements have more bytes than an `Int` counts.
  private static func numbers(_ lengths: [hsize_t], of size: Int) -> [Int]? {
    var bytes = size
    for length in lengths {
      guard let length = Int(exactly: length) else { return nil }
      // An empty data set may be of any length along its other axes.
      let (product, isTooMuch) = bytes.multipliedReportingOverflow(by: max(1, length))
      if isTooMuch { return nil }
      bytes = product
    }
    return lengths.map { Int($0) }
  }

  private func wrong(_ reason: String) -> HDF5Error {
    HDF5Error(path: file.path, object: name, call: "read", stack: [reason])
  }
}

/// Whether elements of a type are whole numbers of 1 to 8 bytes, or floating-point numbers of 4 or
/// 8. (The library can be told of many others.)
func isNumber(_ type: hid_t) -> Bool {
  let size = H5Tget_size(type)
  switch H5Tget_class(type) {
  case H5T_INTEGER:
    return [1, 2, 4, 8].contains(size) && H5Tget_precision(type) == 8 * size
      && H5Tget_offset(type) == 0
  case H5T_FLOAT:
    return [chdf5_f32le(), chdf5_f64le(), chdf5_f32be(), chdf5_f64be()]
      .contains { H5Tequal(type, $0) > 0 }
  default: return false
  }
}
