import CHDF5

/// What a data set's elements are.
public enum HDF5ElementKind: Sendable {
  case text, whole, real
}

extension HDF5File {
  /// What a data set's elements are; nil for any other kind.
  public func elementKind(_ name: String) throws -> HDF5ElementKind? {
    let type = try OpenDataset(self, name).type()
    defer { H5Tclose(type) }
    switch H5Tget_class(type) {
    case H5T_STRING: return .text
    case H5T_INTEGER: return .whole
    case H5T_FLOAT: return .real
    default: return nil
    }
  }

  /// The extent of a data set, outermost first.
  public func shape(_ name: String) throws -> [Int] { try OpenDataset(self, name).extent }

  /// The extent of a data set that has been written. Throws where the file is too small to hold so
  /// much, so that memory of that size can be asked for.
  public func storedShape(_ name: String) throws -> [Int] {
    let set = try OpenDataset(self, name)
    try set.requireStored()
    return set.extent
  }

  /// Creates a data set: chunked, Fletcher-32 checksummed, deflated where `level` > 0, growable
  /// along its first axis where `growable`. `chunk` defaults to about 64 KiB of whole rows.
  public func createDataset<T: HDF5Scalar>(
    _ name: String, of type: T.Type, shape: [Int], chunk: [Int]? = nil, level: Int = 0,
    growable: Bool = false
  ) throws {
    var maximum = shape.map { hsize_t($0) }
    if growable { maximum[0] = chdf5_unlimited() }
    let space = try check(path, name, "H5Screate_simple") {
      H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, maximum)
    }
    defer { H5Sclose(space) }
    let creation = try check(path, name, "H5Pcreate") { H5Pcreate(chdf5_dataset_create()) }
    defer { H5Pclose(creation) }
    try check(path, name, "H5Pset_obj_track_times") { H5Pset_obj_track_times(creation, false) }
    // A chunk must have elements; an empty data set that cannot grow is left contiguous.
    if !shape.isEmpty, growable || shape.allSatisfy({ $0 > 0 }) {
      let chunk = chunk ?? defaultChunk(shape, MemoryLayout<T>.size)
      try check(path, name, "H5Pset_chunk") {
        H5Pset_chunk(creation, Int32(chunk.count), chunk.map { hsize_t($0) })
      }
      if level > 0 {
        try check(path, name, "H5Pset_shuffle") { H5Pset_shuffle(creation) }
        try check(path, name, "H5Pset_deflate") { H5Pset_deflate(creation, UInt32(level)) }
      }
      try check(path, name, "H5Pset_fletcher32") { H5Pset_fletcher32(creation) }
    }
    try makeParents(of: name)
    let set = try check(path, name, "H5Dcreate2") {
      H5Dcreate2(id, name, T.fileType, space, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT))
    }
    closeObject(name, "H5Dclose") { H5Dclose(set) }
  }

  /// Creates a data set and writes all of it.
  public func write<T: HDF5Scalar>(
    _ name: String, _ values: [T], shape: [Int]? = nil, chunk: [Int]? = nil, level: Int = 0,
    growable: Bool = false
  ) throws {
    let shape = shape ?? [values.count]
    precondition(shape.reduce(1, *) == values.count, "\(name): \(shape) for \(values.count) values")
    try createDataset(
      name, of: T.self, shape: shape, chunk: chunk, level: level, growable: growable)
    try values.withUnsafeBufferPointer {
      try write(name, rows: 0..<(shape.first ?? 1), from: $0, checkingCount: !shape.isEmpty)
    }
  }

  /// Writes rows (indices along the first axis) of an existing data set.
  public func write<T: HDF5Scalar>(
    _ name: String, rows: Range<Int>, from values: UnsafeBufferPointer<T>
  ) throws { try write(name, rows: rows, from: values, checkingCount: true) }

  private func write<T: HDF5Scalar>(
    _ name: String, rows: Range<Int>, from values: UnsafeBufferPointer<T>, checkingCount: Bool
  ) throws {
    if checkingCount, rows.isEmpty || values.isEmpty { return }
    try OpenDataset(self, name).write(rows, from: values)
  }

  /// Reads a whole data set.
  public func read<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self) throws -> [T] {
    let set = try OpenDataset(self, name)
    return try read(set, rows: 0..<(set.extent.first ?? 1))
  }

  /// Reads rows (indices along the first axis).
  public func read<T: HDF5Scalar>(
    _ name: String, rows: Range<Int>, as type: T.Type = T.self
  ) throws -> [T] { try read(OpenDataset(self, name), rows: rows) }

  private func read<T: HDF5Scalar>(_ set: OpenDataset, rows: Range<Int>) throws -> [T] {
    var values = [T](repeating: .zero, count: try set.require(rows))
    try values.withUnsafeMutableBufferPointer { try set.read(rows, into: $0) }
    return values
  }

  /// Reads rows (indices along the first axis) into memory of just that size.
  public func read<T: HDF5Scalar>(
    _ name: String, rows: Range<Int>, into values: UnsafeMutableBufferPointer<T>
  ) throws {
    guard !values.isEmpty else { return }
    try OpenDataset(self, name).read(rows, into: values)
  }

  /// Reads several runs of rows one after the other into memory of just their size. The data set
  /// stays open between them, so that a chunk with rows of two runs is read once.
  public func read<T: HDF5Scalar>(
    _ name: String, runs: [Range<Int>], into values: UnsafeMutableBufferPointer<T>
  ) throws {
    let set = try OpenDataset(self, name)
    let row = set.row
    var at = 0
    for run in runs where !run.isEmpty {
      let part = UnsafeMutableBufferPointer(rebasing: values[at..<at + run.count * row])
      try set.read(run, into: part)
      at += part.count
    }
    precondition(at == values.count, "\(name): room for \(values.count) of \(at)")
  }

  /// Lengthens a growable data set to `rows` along its first axis and writes the new rows.
  public func append<T: HDF5Scalar>(_ name: String, _ values: [T]) throws {
    try values.withUnsafeBufferPointer { try append(name, $0) }
  }

  /// The same of values that lie in memory in another form.
  public func append<T: HDF5Scalar>(_ name: String, _ values: UnsafeBufferPointer<T>) throws {
    let set = try OpenDataset(self, name)
    let row = set.row
    precondition(values.count % row == 0, "\(name): \(values.count) values in rows of \(row)")
    let old = set.extent[0]
    try set.lengthen(to: old + values.count / row)
    guard !values.isEmpty else { return }
    try set.write(old..<set.extent[0], from: values)
  }
}

private func defaultChunk(_ shape: [Int], _ size: Int) -> [Int] {
  let row = max(1, shape.dropFirst().reduce(1, *) * size)
  var chunk = shape.map { max(1, $0) }
  chunk[0] = max(1, min(max(1, shape[0]), 65_536 / row))
  if shape.first == 0 { chunk[0] = max(1, 65_536 / row) }
  return chunk
}
