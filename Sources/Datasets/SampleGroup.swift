import Catalogues
import Digests
import Files
import HDF5
import Views

/// The samples of one modality in one group of an HDF5 file, checked: `pixels` [N, H, W, 3] or
/// `samples` [total] with `offset` [N + 1], `label` [N], perhaps a `Grouping` and `SampleNames`.
/// Stores have one for each split and modality, shard files one for each modality.
struct SampleGroup {
  let file: HDF5File
  let name: String
  let modality: String
  let form: SampleForm
  let labels: [Int32]
  /// Nil where the makers of the data say nothing of it.
  let grouping: Grouping?
  /// Dense: one sample's shape.
  let shape: [Int]
  /// Ragged: where samples begin.
  let offsets: [Int64]
  /// Whether the samples themselves were never written.
  let isOutline: Bool
  /// The file's, when the group was opened.
  private let stamp: FileStamp?

  var count: Int { labels.count }

  /// Reads all but the samples, and throws where something does not fit.
  /// - Parameter mend: what is to be done where the samples are not what their modality reads.
  init(_ file: HDF5File, _ name: String, modality: String, classes: Int, mend: String) throws {
    func wrong(_ message: String) -> StoreError { StoreError(file.path, "\(name): \(message)") }
    self.file = file
    self.name = name
    self.modality = modality
    stamp = FileStamp(of: file.path)
    isOutline = try file.hasAttribute(StoreOutline.attribute)
    let word = try file.textAttribute("form", on: name)
    guard let form = SampleForm(word: word) else {
      throw wrong("samples in the unknown form '\(word)'; import the data again")
    }
    self.form = form
    labels = try file.read("\(name)/label")
    if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw wrong(
        "label \(labels[row]) of sample \(row) is out of range: \(counted(classes, "class"))")
    }
    grouping = try Grouping(file, name, samples: labels.count)
    let dataset = "\(name)/\(form.dataset)"
    let extent = try isOutline ? file.shape(dataset) : file.storedShape(dataset)
    switch form.layout {
    case .dense:
      guard extent.first == labels.count, extent.allSatisfy({ $0 > 0 }) || labels.isEmpty else {
        throw wrong("\(form.dataset) of shape \(extent) for \(counted(labels.count, "label"))")
      }
      shape = Array(extent.dropFirst())
      offsets = []
    case .ragged:
      shape = []
      offsets = try file.read("\(name)/offset")
      guard offsets.count == labels.count + 1, offsets.first == 0, extent.count == 1 else {
        throw wrong(
          "\(counted(offsets.count, "offset")) for \(counted(labels.count, "label")); expected one more"
        )
      }
      if let row = labels.indices.first(where: { offsets[$0] >= offsets[$0 + 1] }) {
        throw wrong("sample \(row) has zero length or the offsets run backwards")
      }
      guard offsets.last == Int64(extent[0]) else {
        throw wrong("offsets end at \(offsets.last!), samples at \(extent[0])")
      }
    }
    // What an outline says is nowhere in the file.
    guard form.bytes(ofShape: extent) != nil else {
      throw wrong("\(form.dataset) of shape \(extent), which no file can hold")
    }
    try checkModality(mend: mend)
  }

  /// What the samples are called; nil where nothing says it. Training has no use for names, so
  /// they are read when they are asked for.
  func names() throws -> SampleNames? { try SampleNames(file, name, samples: count) }

  func load(_ rows: Range<Int>) throws -> SampleSet { try load(runs: [rows]) }

  /// The samples of these rows, in this order.
  func load(indices: [Int]) throws -> SampleSet {
    var runs: [Range<Int>] = []
    for index in indices {
      guard index >= 0, index < count else {
        throw StoreError(file.path, "\(name): sample \(index) of \(count)")
      }
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return try load(runs: runs)
  }

  private func load(runs: [Range<Int>]) throws -> SampleSet {
    // HDF5 would give zeros.
    guard !isOutline else { throw StoreError.outline(file.path) }
    for run in runs where run.lowerBound < 0 || run.upperBound > count {
      throw StoreError(file.path, "\(name): samples \(run) of \(count)")
    }
    return try file.whileUnchanged(since: stamp) { try read(runs) }
  }

  private func read(_ runs: [Range<Int>]) throws -> SampleSet {
    let own = runs.flatMap { labels[$0] }
    let dataset = "\(name)/\(form.dataset)"
    switch form.layout {
    case .dense:
      return SampleSet(
        modality: modality, form: form, labels: own, shape: shape,
        bytes: try file.read(
          dataset, runs: runs, count: own.count * shape.reduce(1, *), of: form.element))
    case .ragged:
      let parts = runs.map { Int(offsets[$0.lowerBound])..<Int(offsets[$0.upperBound]) }
      let bytes = try file.read(
        dataset, runs: parts, count: parts.reduce(0) { $0 + $1.count }, of: form.element)
      var begins: [Int64] = [0]
      begins.reserveCapacity(own.count + 1)
      for run in runs {
        for row in run { begins.append(begins.last! + offsets[row + 1] - offsets[row]) }
      }
      return SampleSet(
        modality: modality, form: form, labels: own, bytes: bytes, offsets: begins)
    }
  }

  /// Bytes that the sample of this row takes in the file.
  func bytes(of row: Int) -> Int {
    switch form.layout {
    case .dense: shape.reduce(form.element.size, *)
    case .ragged: Int(offsets[row + 1] - offsets[row]) * form.element.size
    }
  }

  /// Throws where the samples are not those that the file says were written into it. All are read.
  /// - Parameter each: called with every sample in turn.
  /// - Returns: whether the file says what was written.
  @discardableResult
  func verify(
    each body: (_ row: Int, _ sample: Sample) -> Void = { _, _ in },
    between pause: () throws -> Void = {}
  ) throws -> Bool {
    let found = try digest(each: body, between: pause)
    guard try file.hasAttribute("sha256", on: name) else { return false }
    guard try file.textAttribute("sha256", on: name) == found else {
      throw StoreError(
        file.path,
        "\(name): its SHA-256 is not the one written at import: samples are lost or changed; import "
          + "the data again")
    }
    return true
  }

  /// SHA-256 over form, shape, labels, lengths and samples, in pieces of bounded size.
  /// - Parameter pause: called between pieces; what it throws ends the reading.
  func digest(
    each body: (_ row: Int, _ sample: Sample) -> Void = { _, _ in },
    between pause: () throws -> Void = {}
  ) throws -> String {
    let hash = SampleDigest(form: form, shape: shape)
    try forEach(between: pause) { row, sample in
      hash.add(sample.bytes, label: labels[row])
      body(row, sample)
    }
    return hash.finish()
  }

  /// Reads every sample in turn, in pieces of bounded size.
  /// - Parameter pause: called between pieces; what it throws ends the reading.
  func forEach(
    between pause: () throws -> Void, _ body: (_ row: Int, _ sample: Sample) -> Void
  ) throws {
    var start = 0
    while start < count {
      var end = start
      var size = 0
      while end < count, size < 16 << 20 {
        size += bytes(of: end)
        end += 1
      }
      try pause()
      let part = try load(start..<end)
      for index in 0..<part.count { part.withSample(index) { body(start + index, $0) } }
      start = end
    }
  }
}

/// The digest of a group's content, fed sample by sample.
struct SampleDigest {
  private let hash = SHA256()

  init(form: SampleForm, shape: [Int]) { hash.update("\(form.word) \(shape)\n") }

  func add(_ sample: UnsafeRawBufferPointer, label: Int32) {
    withUnsafeBytes(of: (Int64(sample.count).littleEndian, Int64(label).littleEndian)) {
      hash.update($0)
    }
    hash.update(sample)
  }

  func finish() -> String { hash.finish() }
}
