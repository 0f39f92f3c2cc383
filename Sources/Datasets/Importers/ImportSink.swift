import Media

/// Where importers put samples: counts them, passes over damaged ones where that is allowed, and
/// keeps to a limit per class.
public final class ImportSink {
  /// What to do with samples that cannot be read, and how many to take.
  public struct Policy: Sendable {
    /// Goes on after a damaged file instead of throwing.
    public var skipDamaged: Bool
    /// The most samples of a class in a split; 0 is no limit.
    public var limit: Int

    public init(skipDamaged: Bool = false, limit: Int = 0) {
      self.skipDamaged = skipDamaged
      self.limit = limit
    }
  }

  /// The messages of the files passed over.
  public private(set) var damaged: [String] = []
  private let writer: SampleStoreWriter
  private let policy: Policy
  private let progress: (_ done: Int, _ expected: Int) -> Void
  private var modality = ""
  private var expected = 0
  private var offered = 0
  private var taken: [String: [Int: Int]] = [:]

  /// `progress` is called after every sample.
  public init(
    _ writer: SampleStoreWriter, policy: Policy,
    progress: @escaping (_ done: Int, _ expected: Int) -> Void
  ) {
    self.writer = writer
    self.policy = policy
    self.progress = progress
  }

  /// Announces a modality, its classes, and how many samples will be offered.
  public func begin(_ modality: String, classes: [String], expected: Int) throws {
    self.modality = modality
    self.expected += expected
    try writer.setClasses(classes, of: modality)
  }

  /// Offers one sample of the modality announced last. `read` is not called where the class has
  /// enough already; what it throws makes the sample a damaged one. `name` is the file (and record).
  public func add(
    split: String, label: Int, name: String, _ read: () throws -> StoredSample
  ) throws {
    offered += 1
    defer { progress(offered, expected) }
    let before = taken[split]?[label] ?? 0
    guard policy.limit == 0 || before < policy.limit else { return }
    let sample: StoredSample
    do { sample = try read() } catch {
      try skip("\(error)")
      return
    }
    do {
      try writer.add(sample, label: label, modality: modality, split: split)
    } catch let error as ShapeMismatch {
      func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
      throw StoreError(
        name, "is \(text(error.found)) among samples of \(text(error.expected)); give --size")
    }
    taken[split, default: [:]][label] = before + 1
  }

  /// Counts damage that is not a sample's own, such as a file that ends within a record.
  public func skip(_ message: String) throws {
    guard policy.skipDamaged else {
      throw DamagedFile(message: "\(message); --skip-damaged goes on without it")
    }
    damaged.append(message)
  }
}

/// A file of a data set that cannot be read, where that was not allowed.
public struct DamagedFile: Error, CustomStringConvertible {
  let message: String
  public var description: String { message }
}
