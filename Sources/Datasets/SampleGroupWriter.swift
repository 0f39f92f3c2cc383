import HDF5
import Views

/// Writes the samples of one modality into a group of an HDF5 file, one at a time, with a few MiB
/// of memory however many there are.
final class SampleGroupWriter {
  let form: SampleForm
  private(set) var labels: [Int32] = []
  /// The name of each sample's group; empty where they have none.
  private var groups: [String] = []
  private let file: HDF5File
  private let name: String
  private var shape: [Int] = []
  private var digest: SampleDigest?
  private var bytes: [UInt8] = []
  private var offsets: [Int64] = [0]

  /// Bytes that are gathered before they are written.
  private static let block = 4 << 20

  /// `shape`: that of dense samples, where it is known before the first.
  init(_ file: HDF5File, _ name: String, form: SampleForm, shape: [Int]? = nil) throws {
    self.file = file
    self.name = name
    self.form = form
    try file.makeGroup(name)
    try file.setAttribute("form", form.word, on: name)
    if let shape { try begin(shape) }
  }

  /// Adds a sample. Throws where a dense one has another shape than the first.
  /// - Parameter group: the name of its group: all samples have one, or none has.
  func add(_ sample: StoredSample, label: Int32, group: String? = nil) throws {
    // A journal may be anybody's.
    guard sample.form == form else {
      throw StoreError(
        file.path,
        "\(name): a sample in the form '\(sample.form.word)' among those in '\(form.word)'; remove "
          + "the hidden file of an interrupted import that is beside it")
    }
    switch form.layout {
    case .dense:
      if digest == nil { try begin(sample.shape) }
      guard sample.shape == shape else {
        throw ShapeMismatch(found: sample.shape, expected: shape)
      }
    case .ragged:
      precondition(!sample.bytes.isEmpty, "a sample of zero length")
      if digest == nil { try begin([]) }
      offsets.append(offsets.last! + Int64(sample.shape[0]))
    }
    sample.bytes.withUnsafeBytes { digest!.add($0, label: label) }
    bytes.append(contentsOf: sample.bytes)
    labels.append(label)
    if let group { groups.append(group) }
    precondition(groups.isEmpty || groups.count == labels.count, "groups of some samples alone")
    if bytes.count >= Self.block { try flush() }
  }

  /// Adds samples that lie in memory.
  func add(_ set: SampleSet) throws {
    for index in 0..<set.count { try add(set.stored(index), label: set.labels[index]) }
  }

  /// Writes what is left, the labels, the groups, the offsets and the content's SHA-256: of samples
  /// and labels, so that it is the same with groups and without.
  func finish() throws {
    guard let digest else { preconditionFailure("\(name): neither samples nor a shape") }
    try flush()
    try file.write("\(name)/label", labels)
    if !groups.isEmpty { try Grouping(groups).write(file, name) }
    if form.layout == .ragged { try file.write("\(name)/offset", offsets) }
    try file.setAttribute("sha256", digest.finish(), on: name)
  }

  private func begin(_ shape: [Int]) throws {
    self.shape = shape
    digest = SampleDigest(form: form, shape: shape)
    let path = "\(name)/\(form.dataset)"
    try file.createDataset(path, of: form.element, shape: [0] + shape, growable: true)
  }

  private func flush() throws {
    let path = "\(name)/\(form.dataset)"
    if !bytes.isEmpty { try file.append(path, bytes, of: form.element) }
    bytes.removeAll(keepingCapacity: true)
  }
}

/// A dense sample of another shape than the first of its group.
struct ShapeMismatch: Error {
  let found: [Int]
  let expected: [Int]
}
