import HDF5
import Views

/// Writes the samples of one modality into a group of an HDF5 file, one at a time, with a few MiB
/// of memory however many there are.
final class SampleGroupWriter {
  let form: SampleForm
  private(set) var labels: [Int32] = []
  /// The name of each sample's group; empty where they have none.
  private var groups: [String] = []
  /// The name of each sample; empty where they have none.
  private var names = SampleNames()
  private let file: HDF5File
  private let place: String
  private var shape: [Int] = []
  private var digest: SampleDigest?
  private var bytes: [UInt8] = []
  private var offsets: [Int64] = [0]

  /// Bytes that are gathered before they are written.
  private static let block = 4 << 20

  /// `shape`: that of dense samples, where it is known before the first.
  init(_ file: HDF5File, _ place: String, form: SampleForm, shape: [Int]? = nil) throws {
    self.file = file
    self.place = place
    self.form = form
    try file.makeGroup(place)
    try file.setAttribute("form", form.word, on: place)
    if let shape { try begin(shape) }
  }

  /// Adds a sample. Throws where a dense one has another shape than the first.
  /// - Parameters:
  ///   - group: the name of its group: all samples have one, or none has.
  ///   - name: its own: the same holds.
  func add(
    _ sample: StoredSample, label: Int32, group: String? = nil, name: String? = nil
  ) throws {
    precondition(sample.form == form, "a \(sample.form) sample among \(form) ones")
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
    if let name { names.append(name) }
    precondition(names.isEmpty || names.count == labels.count, "names of some samples alone")
    if bytes.count >= Self.block { try flush() }
  }

  /// Adds samples that lie in memory.
  func add(_ set: SampleSet) throws {
    for index in 0..<set.count { try add(set.stored(index), label: set.labels[index]) }
  }

  /// Writes what is left, the labels, the groups, the names, the offsets and the content's SHA-256:
  /// of samples and labels, so that it is the same with groups and names and without.
  func finish() throws {
    guard let digest else { preconditionFailure("\(place): neither samples nor a shape") }
    try flush()
    try file.write("\(place)/label", labels)
    if !groups.isEmpty { try Grouping(groups).write(file, place) }
    if !names.isEmpty { try names.write(file, place) }
    if form.layout == .ragged { try file.write("\(place)/offset", offsets) }
    try file.setAttribute("sha256", digest.finish(), on: place)
  }

  private func begin(_ shape: [Int]) throws {
    self.shape = shape
    digest = SampleDigest(form: form, shape: shape)
    let path = "\(place)/\(form.dataset)"
    try file.createDataset(path, of: form.element, shape: [0] + shape, growable: true)
  }

  private func flush() throws {
    let path = "\(place)/\(form.dataset)"
    if !bytes.isEmpty { try file.append(path, bytes, of: form.element) }
    bytes.removeAll(keepingCapacity: true)
  }
}

/// A dense sample of another shape than the first of its group.
struct ShapeMismatch: Error {
  let found: [Int]
  let expected: [Int]
}
