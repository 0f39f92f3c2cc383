import HDF5
import Views

/// Writes a sample store, sample by sample; use within `HDF5File.save`, which makes it atomic.
public final class SampleStoreWriter {
  private let file: HDF5File
  private var classes: [String: [String]] = [:]
  private var groups: [String: SampleGroupWriter] = [:]

  public init(_ file: HDF5File) throws {
    self.file = file
    try SampleStore.format.stamp(file)
    try file.makeGroup("classes")
    try file.makeGroup("statistics")
  }

  /// Names the classes of a modality; before its first sample.
  public func setClasses(_ names: [String], of modality: String) throws {
    precondition(classes[modality] == nil, "the classes of \(modality) are set")
    classes[modality] = names
    try file.write("/classes/\(modality)", texts: names)
  }

  /// Adds a sample.
  public func add(_ sample: StoredSample, label: Int, modality: String, split: String) throws {
    guard let names = classes[modality], names.indices.contains(label) else {
      throw StoreError(file.path, "label \(label) is out of range for \(modality)")
    }
    let key = "/\(split)/\(modality)"
    let group = try groups[key] ?? SampleGroupWriter(file, key, form: sample.form)
    groups[key] = group
    try group.add(sample, label: Int32(label))
  }

  /// Whether any sample was added.
  public var hasSamples: Bool { !groups.isEmpty }

  /// Notes where the data came from.
  public func note(_ name: String, _ value: String) throws { try file.setAttribute(name, value) }
  public func note(_ name: String, _ value: Int) throws {
    try file.setAttribute(name, Int64(value))
  }

  /// Writes what is left in memory; then lets each modality compute its statistics over the samples
  /// of split `train`.
  public func finish(modality: (String) throws -> any Modality) throws {
    for (key, group) in groups.sorted(by: { $0.key < $1.key }) {
      try group.finish()
      if group.form == .ragged {
        try file.setAttribute("sample_rate", Int64(SampleStore.soundRate), on: key)
      }
    }
    for (name, names) in classes.sorted(by: { $0.key < $1.key }) {
      try file.makeGroup("/statistics/\(name)")
      guard groups["/train/\(name)"] != nil else { continue }
      let group = try SampleGroup(
        file, "/train/\(name)", modality: name, classes: names.count)
      let statistics = try modality(name).statistics(count: group.count) { index, body in
        try group.load(index..<index + 1).withSample(0, body)
      }
      for (key, value) in statistics.sorted(by: { $0.key < $1.key }) {
        try file.setAttribute(key, value, on: "/statistics/\(name)")
      }
    }
  }
}
