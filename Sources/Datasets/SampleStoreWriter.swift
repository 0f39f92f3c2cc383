import HDF5
import Views

/// Writes a sample store, sample by sample; use within `HDF5File.save`, which makes it atomic.
public final class SampleStoreWriter {
  private let file: HDF5File
  private let makeModality: (String) throws -> any Modality
  private var modalities: [String: Described] = [:]
  private var groups: [String: SampleGroupWriter] = [:]
  private var pairs: [String: [String: [Int64]]] = [:]

  /// A modality with its classes and what its training samples have added up to.
  private struct Described {
    let modality: any Modality
    let classes: [String]
    let tally: ((Sample) -> [Double])?
    var sums: [Double] = []
  }

  /// `modality` gives the modality of a name; it computes the statistics.
  public init(_ file: HDF5File, modality: @escaping (String) throws -> any Modality) throws {
    self.file = file
    makeModality = modality
    try SampleStore.format.stamp(file)
    try file.makeGroup("classes")
    try file.makeGroup("statistics")
  }

  /// Names the classes of a modality; before its first sample.
  public func setClasses(_ names: [String], of name: String) throws {
    precondition(modalities[name] == nil, "the classes of \(name) are set")
    // Readers refuse them: a store is not made that cannot be read.
    var known = Set<String>()
    for name in names where name.isEmpty || !known.insert(name).inserted {
      throw StoreError(
        file.path, "\(name.isEmpty ? "a class has no name" : "two classes are called '\(name)'")")
    }
    let modality = try makeModality(name)
    modalities[name] = Described(
      modality: modality, classes: names, tally: modality.makeTally())
    try file.write("/classes/\(name)", texts: names)
  }

  /// Adds a sample and returns its row among those of its modality and split.
  /// - Parameters:
  ///   - group: the name of its group (`Grouping`), where the samples of the modality have one.
  ///   - name: what it is called (`SampleNames`), where they have names.
  ///   - tally: what it adds to the statistics, where that is computed already.
  @discardableResult
  public func add(
    _ sample: StoredSample, label: Int, modality: String, split: String, group: String? = nil,
    name: String? = nil, tally: [Double]? = nil
  ) throws -> Int {
    guard let described = modalities[modality], described.classes.indices.contains(label) else {
      throw StoreError(file.path, "label \(label) is out of range for \(modality)")
    }
    let key = "/\(split)/\(modality)"
    let samples = try groups[key] ?? begin(key, sample.form, described.modality)
    groups[key] = samples
    let row = samples.labels.count
    try samples.add(sample, label: Int32(label), group: group, name: name)
    if split == SampleStore.trainingSplit, let compute = described.tally {
      let sums = described.sums
      // A tally out of a journal may be anybody's, of any length: the first sample's is computed
      // here, and others are as long.
      let given = tally.flatMap { !sums.isEmpty && $0.count == sums.count ? $0 : nil }
      let own = given ?? sample.withSample(compute)
      modalities[modality]!.sums = sums.isEmpty ? own : zip(sums, own).map(+)
    }
    return row
  }

  private func begin(
    _ key: String, _ form: SampleForm, _ modality: any Modality
  ) throws -> SampleGroupWriter {
    let group = try SampleGroupWriter(file, key, form: form)
    if let rate = type(of: modality).sampleRate {
      try file.setAttribute("sample_rate", Int64(rate), on: key)
    }
    return group
  }

  /// Adds samples that lie in memory.
  /// - Parameters:
  ///   - groups: the name of each one's group, where they have one.
  ///   - names: of each one, where they have some.
  public func add(
    _ set: SampleSet, groups: [String]? = nil, names: [String]? = nil, split: String
  ) throws {
    for index in 0..<set.count {
      try add(
        set.stored(index), label: Int(set.labels[index]), modality: set.modality, split: split,
        group: groups?[index], name: names?[index])
    }
  }

  /// Notes that samples of several modalities belong together, by their rows.
  public func addPair(_ rows: [String: Int], split: String) {
    precondition(rows.count > 1, "a pair of \(rows.keys)")
    let others = pairs[split]
    precondition(others == nil || others!.keys.sorted() == rows.keys.sorted(), "other modalities")
    for (modality, row) in rows {
      pairs[split, default: [:]][modality, default: []].append(Int64(row))
    }
  }

  /// Whether any sample was added.
  public var hasSamples: Bool { !groups.isEmpty }

  /// Notes where the data came from.
  public func note(_ name: String, _ value: String) throws { try file.setAttribute(name, value) }
  public func note(_ name: String, _ value: Int) throws {
    try file.setAttribute(name, Int64(value))
  }

  /// Writes what is left in memory, the pairs and the statistics.
  public func finish() throws {
    for (_, group) in groups.sorted(by: { $0.key < $1.key }) { try group.finish() }
    for (split, modalities) in pairs.sorted(by: { $0.key < $1.key }) {
      for (modality, rows) in modalities.sorted(by: { $0.key < $1.key }) {
        try file.write("/pairs/\(split)/\(modality)", rows)
      }
    }
    for (name, described) in modalities.sorted(by: { $0.key < $1.key }) {
      try file.makeGroup("/statistics/\(name)")
      guard groups["/\(SampleStore.trainingSplit)/\(name)"] != nil else { continue }
      let options = described.modality.statisticsOptions
      if !options.keys.isEmpty { try file.setAttribute(name, options.json, on: "/statistics") }
      let statistics = described.modality.statistics(ofSums: described.sums)
      for (key, value) in statistics.sorted(by: { $0.key < $1.key }) {
        try file.setAttribute(key, value, on: "/statistics/\(name)")
      }
    }
  }
}
