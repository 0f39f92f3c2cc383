import Files
import Foundation
import Media
import Views

/// Where importers put samples: reads them on threads and writes them in the order in which they
/// were offered, counts them, passes over damaged ones where that is allowed, keeps to a limit per
/// class, and takes from the journal what an interrupted import has read. The store depends neither
/// on threads nor on interruptions.
public final class ImportSink {
  /// What to do with samples that cannot be read, how many to take, and how to work.
  public struct Policy: Sendable {
    /// Makes a store without the damaged files instead of throwing at the end.
    public var skipDamaged: Bool
    /// The most samples of a class in a split; 0 is no limit.
    public var limit: Int
    /// Threads that decode.
    public var threads: Int

    public init(
      skipDamaged: Bool = false, limit: Int = 0,
      threads: Int = ProcessInfo.processInfo.activeProcessorCount
    ) {
      self.skipDamaged = skipDamaged
      self.limit = limit
      self.threads = threads
    }
  }

  /// A sample on its way.
  private struct Item {
    let modality: String
    let split: String
    let label: Int
    /// In the store, and in the journal.
    let name: String
    /// Its file.
    let path: String
    /// What it depends on beside its file and the importer's options.
    var content = ""
    let group: String?
    let pair: String?
    /// Its journal's.
    var key: String { "\(modality) \(split) \(label) \(name) \(content)" }
    var shelf: Shelf { Shelf(modality: modality, split: split, label: label) }
  }

  /// What the limit counts.
  private struct Shelf: Hashable {
    let modality: String
    let split: String
    let label: Int
  }

  /// The messages of the files passed over.
  public private(set) var damaged: [String] = []
  /// Files of other kinds than the importer reads.
  public private(set) var leftOut = LeftOutFiles()
  /// What a person should know of the data set, and what is no damage.
  public private(set) var remarks: [String] = []
  /// The names of samples that the makers list and that are not there.
  public private(set) var missing: [String] = []
  /// Ends in a slash.
  private let folder: String
  private let writer: SampleStoreWriter
  private let journal: ImportJournal
  private let policy: Policy
  private let makeModality: (String) throws -> any Modality
  private let progress: (_ done: Int, _ expected: Int) -> Void
  private let workers: OrderedWorkers<(ImportOutcome, FileStamp)>
  private var tallies: [String: Tallies] = [:]
  private var modality = ""
  private var modalities = 0
  private var expected = 0
  private var settled = 0
  private var pending: [Item] = []
  private var taken: [Shelf: Int] = [:]
  private var pairs = PairCollector()

  /// `progress` is called after every sample.
  init(
    from folder: String, _ writer: SampleStoreWriter, _ journal: ImportJournal, policy: Policy,
    modality: @escaping (String) throws -> any Modality,
    progress: @escaping (_ done: Int, _ expected: Int) -> Void
  ) {
    self.folder = folder.hasSuffix("/") ? folder : "\(folder)/"
    self.writer = writer
    self.journal = journal
    self.policy = policy
    self.progress = progress
    makeModality = modality
    workers = OrderedWorkers(threads: policy.threads, room: 4 * policy.threads)
  }

  /// Announces a modality, its classes, and how many samples will be offered.
  public func begin(_ modality: String, classes: [String], expected: Int) throws {
    self.modality = modality
    modalities += 1
    self.expected += expected
    try writer.setClasses(classes, of: modality)
    tallies[modality] = Tallies(try makeModality(modality), threads: policy.threads)
  }

  /// Offers one sample of the modality announced last. `read` is called on another thread, and not
  /// at all where the class has enough already; what it throws makes the sample a damaged one.
  /// - Parameters:
  ///   - name: the file's path.
  ///   - part: what tells it from others in the same file.
  ///   - content: what the sample depends on beside the importer's options and its file's content,
  ///     such as where in the file it is: one that was read before and had another is read again.
  ///   - group: the name of its group (`Grouping`): all samples of a split and modality have one,
  ///     or none has.
  ///   - pair: samples of several modalities that are offered with the same text belong together.
  public func add(
    split: String, label: Int, name path: String, part: String? = nil, content: String = "",
    group: String? = nil, pair: String? = nil, _ read: @escaping @Sendable () throws -> StoredSample
  ) throws {
    let item = Item(
      modality: modality, split: split, label: label, name: try name(of: path, part), path: path,
      content: content, group: group, pair: pair)
    guard try hasRoom(item.shelf) else { return advance() }
    if let known = journal.next(item.key, of: modality, { FileStamp(of: path) ?? .missing }) {
      // In the samples' order.
      try settleAll()
      return try settle(item, .sample(known.sample, tally: known.tally))
    }
    if workers.isFull { try settleOldest() }
    pending.append(item)
    // Nothing but the training samples goes into statistics.
    let tallies = split == SampleStore.trainingSplit ? tallies[modality] : nil
    workers.add { worker in
      let stamp = FileStamp(of: path) ?? .missing
      do {
        let sample = try read()
        return (.sample(sample, tally: tallies?.tally(sample, worker)), stamp)
      } catch { return (.damaged("\(error)"), stamp) }
    }
  }

  /// Offers a sample that lies in a file which is read from its beginning anyhow. It is read at
  /// once and is not in the journal: that would be no faster.
  /// - Parameter number: how many records are before it in the file.
  public func addRecord(
    split: String, label: Int, of file: RecordFile, number: Int, _ read: () throws -> StoredSample
  ) throws {
    try settleAll()
    let item = Item(
      modality: modality, split: split, label: label, name: file.name(of: number),
      path: file.path, group: nil, pair: nil)
    guard try hasRoom(item.shelf) else { return advance() }
    let outcome: ImportOutcome
    do { outcome = .sample(try read(), tally: nil) } catch { outcome = .damaged("\(error)") }
    try settle(item, outcome)
  }

  /// A file whose samples are offered by `addRecord`. Throws where no store can have its name.
  public func records(of path: String) throws -> RecordFile {
    RecordFile(path: path, name: try name(of: path, nil))
  }

  /// What a store calls the sample in a part of a file: by bytes, since a character may reach over
  /// the end of the folder's name.
  private func name(of path: String, _ part: String?) throws -> String {
    let isBelow = path.utf8.starts(with: folder.utf8)
    let below = path.utf8.dropFirst(isBelow ? folder.utf8.count : 0)
      .drop { $0 == UInt8(ascii: "/") }
    let name = String(Substring(below)) + (part.map(Self.suffix) ?? "")
    guard !name.utf8.contains(0) else {
      throw StoreError(path, "has a zero byte in its name; mend the table that lists it")
    }
    return name
  }

  /// What tells samples of one file apart in their names.
  fileprivate static func suffix(_ part: String) -> String { "#" + part }

  /// Counts damage that is not a sample's own, such as a file that ends within a record.
  public func skip(_ message: String) throws {
    // In the samples' order.
    try settleAll()
    damaged.append(message)
  }

  /// Adds to what the import says at its end.
  func remark(_ message: String) { remarks.append(message) }

  /// Counts files of other kinds.
  func leaveOut(_ files: LeftOutFiles) { leftOut.add(files) }

  /// Counts a sample that the makers list and that is usually missing in some copies.
  public func miss(_ name: String) {
    missing.append(name)
    advance()
  }

  /// Ends the threads, whatever happened.
  func close() { workers.close() }

  /// Writes all that was offered, and the pairs.
  func finish() throws {
    try settleAll()
    // All of them, so that one attempt is enough to find them.
    guard policy.skipDamaged || damaged.isEmpty else { throw DamagedFiles(messages: damaged) }
    for (split, rows) in pairs.complete(of: modalities) { writer.addPair(rows, split: split) }
  }

  /// Whether one more is wanted. Those that are being read count, unless they turn out damaged.
  private func hasRoom(_ shelf: Shelf) throws -> Bool {
    guard policy.limit > 0 else { return true }
    let have = taken[shelf] ?? 0
    guard have < policy.limit else { return false }
    guard have + pending.count(where: { $0.shelf == shelf }) >= policy.limit else { return true }
    try settleAll()
    return (taken[shelf] ?? 0) < policy.limit
  }

  private func settleAll() throws { while !pending.isEmpty { try settleOldest() } }

  private func settleOldest() throws {
    let (outcome, stamp) = workers.take()
    let item = pending.removeFirst()
    try settle(item, outcome)
    // What could not be read may be whole the next time, with the same size and time.
    guard case .sample(let sample, let tally) = outcome else { return }
    try journal.append(JournalRecord(key: item.key, stamp: stamp, sample: sample, tally: tally))
  }

  private func settle(_ item: Item, _ outcome: ImportOutcome) throws {
    defer { advance() }
    switch outcome {
    case .damaged(let message): damaged.append(message)
    case .sample(let sample, let tally):
      do {
        let row = try writer.add(
          sample, label: item.label, modality: item.modality, split: item.split,
          group: item.group, name: item.name, tally: tally)
        if let pair = item.pair { pairs.add(item.modality, row, split: item.split, pair: pair) }
      } catch let error as ShapeMismatch {
        func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
        throw StoreError(
          item.path, "is \(text(error.found)) among samples of \(text(error.expected)); give --size"
        )
      }
      if policy.limit > 0 { taken[item.shelf, default: 0] += 1 }
    }
  }

  private func advance() {
    settled += 1
    progress(settled, expected)
  }
}

/// A file of many samples, and what a store calls it.
public struct RecordFile: Sendable {
  let path: String
  fileprivate let name: String

  fileprivate func name(of record: Int) -> String { name + ImportSink.suffix("\(record)") }
}

/// What each thread computes a sample's tally with.
private final class Tallies: @unchecked Sendable {
  private let each: [(Sample) -> [Double]]

  init?(_ modality: any Modality, threads: Int) {
    let each = (0..<threads).compactMap { _ in modality.makeTally() }
    guard !each.isEmpty else { return nil }
    self.each = each
  }

  func tally(_ sample: StoredSample, _ worker: Int) -> [Double] {
    sample.withSample(each[worker])
  }
}

/// Files of a data set that cannot be read, where that was not allowed.
public struct DamagedFiles: Error, CustomStringConvertible {
  let messages: [String]

  /// Files that are named.
  private static let most = 20

  public var description: String {
    guard messages.count > 1 else { return "\(messages[0]); --skip-damaged goes on without it" }
    let shown = messages.prefix(Self.most)
    let rest = messages.count > shown.count ? ["and \(messages.count - shown.count) more"] : []
    let end = "\(messages.count) files or samples are damaged; --skip-damaged goes on without them"
    return (shown + rest + [end]).joined(separator: "\n")
  }
}
