import Catalogues
import Digests
import HDF5
import Views

/// A data set in one HDF5 file, opened for reading: samples of one or more modalities in splits,
/// with class names and what views need to know of them.
///
/// ```
/// /train/image/{pixels UInt8 [N, H, W, 3], label Int32 [N]}          @form, @sha256
/// /train/audio/{samples Int16 [total], offset Int64 [N + 1], label}  @form, @sha256, @sample_rate
/// /classes/{image, audio}      class names
/// /statistics/{image, audio}   attributes; /statistics @audio has the options that they are for
/// /train/…/{group, group_names}  see `Grouping`; may be absent
/// /train/…/{name, name_offset}   see `SampleNames`; may be absent
/// /pairs/train/{image, audio}  rows that belong together, see `SamplePairs`; may be absent
/// ```
/// Every other group of the root is a split. Not for several threads at once.
public final class SampleStore {
  public static let format = FileFormat("motet sample store", version: 1)
  /// Samples a second of stored sounds.
  public static let soundRate = 16_000
  /// The split whose samples make the statistics.
  static let trainingSplit = "train"

  public let path: String
  /// Names of the splits, sorted; usually `test` and `train`.
  public let splits: [String]
  /// Where its numbers come from, if it has all but samples (`StoreOutline`); nil for a real store.
  public let outline: String?
  private let file: HDF5File
  private let classNames: [String: [String]]
  private let groups: [String: [String: SampleGroup]]
  /// Statistics that were computed for other options than the import's, by modality and options.
  private var computed: [String: [String: Double]] = [:]
  /// By split.
  let allPairs: [String: SamplePairs]

  /// Opens and checks a store. Everything but the samples themselves is read, so that a label out
  /// of range or a nameless class is found here and not in the middle of a run.
  public static func open(_ path: String) throws -> SampleStore { try SampleStore(path) }

  private init(_ path: String) throws {
    self.path = path
    file = try HDF5File.open(path)
    try Self.format.verify(file)
    outline =
      try file.hasAttribute(StoreOutline.attribute)
      ? try file.textAttribute(StoreOutline.attribute) : nil
    for group in ["classes", "statistics"] where try !file.contains(group) {
      throw StoreError(path, "there is no group '/\(group)'; import the data again")
    }
    var names: [String: [String]] = [:]
    for modality in try file.names(in: "/classes") {
      let own = try file.texts("/classes/\(modality)")
      guard !own.isEmpty, own.allSatisfy({ !$0.isEmpty }), Set(own).count == own.count else {
        throw StoreError(path, "/classes/\(modality): class names must be there, and differ")
      }
      names[modality] = own
      _ = try file.statistics(modality)
    }
    var groups: [String: [String: SampleGroup]] = [:]
    for split in try file.names() where !["classes", "statistics", "pairs"].contains(split) {
      for modality in try file.names(in: "/\(split)") {
        guard let classes = names[modality] else {
          throw StoreError(path, "/\(split)/\(modality): there are no classes '\(modality)'")
        }
        let group = "/\(split)/\(modality)"
        groups[split, default: [:]][modality] = try SampleGroup(
          file, group, modality: modality, classes: classes.count, mend: "import the data again")
      }
    }
    guard !groups.isEmpty else { throw StoreError(path, "holds no samples") }
    var pairs: [String: SamplePairs] = [:]
    for split in try file.contains("pairs") ? file.names(in: "/pairs") : [] {
      pairs[split] = try SamplePairs(
        file, split: split, groups: groups[split] ?? [:], classes: names)
    }
    self.groups = groups
    allPairs = pairs
    classNames = names
    splits = groups.keys.sorted()
  }

  /// Throws where the store is an outline: before work that would need samples.
  public func requireSamples() throws {
    guard outline == nil else { throw StoreError.outline(path) }
  }

  /// The modalities in any split, sorted.
  public var modalities: [String] { classNames.keys.sorted() }

  /// The modalities of one split, sorted; none where there is no such split.
  public func modalities(in split: String) -> [String] { (groups[split] ?? [:]).keys.sorted() }

  /// Samples of one modality in one split; 0 where there is none of it.
  public func count(_ modality: String, _ split: String) -> Int {
    groups[split]?[modality]?.count ?? 0
  }

  /// Class names; a label is an index into them. Empty for a modality that is not there.
  public func classes(_ modality: String) -> [String] { classNames[modality] ?? [] }

  /// What the modality computed of the training samples at import.
  public func statistics(_ modality: String) throws -> [String: Double] {
    try file.statistics(modality)
  }

  /// The options that the statistics are for; nil where the store does not say, and has none.
  private func statisticsOptions(_ modality: String) throws -> Tree? {
    if try file.hasAttribute(modality, on: "/statistics") {
      let text = try file.textAttribute(modality, on: "/statistics")
      guard let options = try? Tree(json: text) else {
        throw StoreError(path, "/statistics: '\(modality)' is no options; import the data again")
      }
      return options
    }
    let known = try statistics(modality)
    guard !known.isEmpty, Views.modalities.names.contains(modality) else { return nil }
    // Before stores said so, they were imported with the defaults, and said the bins.
    var options = try Views.modalities.make(modality).statisticsOptions
    if let bins = known["bins"], options["bins"] != nil { options["bins"] = .number(bins) }
    return options
  }

  /// The options of a modality's views for which the store's statistics do not hold, as JSON; nil
  /// where they hold or none are needed.
  public func otherStatistics(_ name: String, for modality: any Modality) throws -> String? {
    let wanted = modality.statisticsOptions
    guard !wanted.keys.isEmpty, let own = try statisticsOptions(name), own != wanted else {
      return nil
    }
    return wanted.json
  }

  /// What views under a modality's options need to know of the training samples: what the import
  /// computed, or where its options were others the same once more, of all training samples, in
  /// their order.
  /// - Parameter pause: called now and then; what it throws ends the reading.
  public func statistics(
    _ name: String, for modality: any Modality, between pause: () throws -> Void = {}
  ) throws -> [String: Double] {
    guard let options = try otherStatistics(name, for: modality),
      let samples = groups[Self.trainingSplit]?[name], let tally = modality.makeTally()
    else { return try statistics(name) }
    let key = "\(name) \(options)"
    if let known = computed[key] { return known }
    var sums: [Double] = []
    try samples.forEach(between: pause) { _, sample in
      let own = tally(sample)
      sums = sums.isEmpty ? own : zip(sums, own).map(+)
    }
    let found = modality.statistics(ofSums: sums)
    computed[key] = found
    return found
  }

  /// How the samples of a modality are stored.
  public func form(_ modality: String, split: String) throws -> SampleForm {
    try group(modality, split).form
  }

  /// One dense sample's shape; empty for ragged ones.
  public func shape(_ modality: String, split: String) throws -> [Int] {
    try group(modality, split).shape
  }

  /// Numbers a second, where the modality's samples are runs in time.
  public func sampleRate(_ modality: String) -> Int? {
    (try? Views.modalities.make(modality)).flatMap { type(of: $0).sampleRate }
  }

  /// Bytes that a sample takes: of ragged ones the mean.
  public func meanBytes(_ modality: String, split: String) throws -> Double {
    let group = try group(modality, split)
    let element = group.form.element.size
    guard group.form.layout == .ragged else { return Double(group.shape.reduce(element, *)) }
    return Double(group.offsets.last ?? 0) * Double(element) / Double(max(1, group.count))
  }

  /// Samples a clip, for ragged ones.
  public func lengths(_ modality: String, split: String) throws -> [Int] {
    let offsets = try group(modality, split).offsets
    return zip(offsets, offsets.dropFirst()).map { Int($1 - $0) }
  }

  public func labels(_ modality: String, split: String) throws -> [Int32] {
    try group(modality, split).labels
  }

  /// Which group each sample is of; nil where the data's makers, or the import, do not say.
  public func grouping(_ modality: String, split: String) throws -> Grouping? {
    try group(modality, split).grouping
  }

  /// What the samples are called; nil where the store does not say it, as one that was made before
  /// Motet kept names.
  public func names(_ modality: String, split: String) throws -> SampleNames? {
    try group(modality, split).names()
  }

  /// Reads samples into memory.
  public func load(_ modality: String, split: String, rows: Range<Int>) throws -> SampleSet {
    try group(modality, split).load(rows)
  }

  /// Reads samples into memory, in this order. Ascending indices are read fastest.
  public func load(_ modality: String, split: String, indices: [Int]) throws -> SampleSet {
    try group(modality, split).load(indices: indices)
  }

  /// How the store came to be: the importer, its options, files that were skipped.
  public func provenance() throws -> [(name: String, value: String)] {
    try file.attributeNames().filter { !["format", "format_version"].contains($0) }.map { name in
      if let number = try? file.intAttribute(name) { return (name, "\(number)") }
      return (name, try file.textAttribute(name))
    }
  }

  /// SHA-256 of all that training can see of one modality in one split: samples, labels, class
  /// names, statistics; not groups, and not what samples are called. Where the file does not hold
  /// the samples' digest, they are read for it.
  public func fingerprint(_ modality: String, split: String) throws -> String {
    let group = try group(modality, split)
    let digest =
      try file.hasAttribute("sha256", on: group.name)
      ? try file.textAttribute("sha256", on: group.name) : try group.digest()
    let statistics = try statistics(modality).sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value.bitPattern)" }
    return SHA256.hex(
      of: ([digest] + classes(modality) + statistics).joined(separator: "\u{0}"))
  }

  /// What tells all that the store holds from any other's.
  public func fingerprint() throws -> String {
    let parts = try splits.flatMap { split in
      try modalities(in: split).map { "\(split) \($0) \(try fingerprint($0, split: split))" }
    }
    return SHA256.hex(of: parts.joined(separator: "\n"))
  }

  /// Reads every sample of one modality in one split, and throws where the content is not what was
  /// written.
  /// - Parameter pause: called now and then; what it throws ends the reading.
  public func verify(
    _ modality: String, split: String, between pause: () throws -> Void = {}
  ) throws {
    try group(modality, split).verify(between: pause)
  }

  /// Reads every sample, and throws where the content is not what was written. Names are read too.
  /// - Returns: the groups whose samples were read and could not be compared: the store has no
  ///   checksum of them.
  @discardableResult
  public func verify() throws -> [String] {
    var unknown: [String] = []
    for (_, modalities) in groups.sorted(by: { $0.key < $1.key }) {
      for (_, group) in modalities.sorted(by: { $0.key < $1.key }) {
        _ = try group.names()
        if try !group.verify() { unknown.append(group.name) }
      }
    }
    return unknown
  }

  func group(_ modality: String, _ split: String) throws -> SampleGroup {
    guard let modalities = groups[split] else {
      throw StoreError(
        path, "there is no split '\(split)'; it has: \(splits.joined(separator: ", "))")
    }
    guard let group = modalities[modality] else {
      throw StoreError(
        path,
        "there is no '\(modality)' in split '\(split)'; it has: "
          + modalities.keys.sorted().joined(separator: ", "))
    }
    return group
  }
}
