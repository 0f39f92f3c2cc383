import Files
import Foundation
import Machines
import Media
import Tensors

/// The samples that a reader of the Python package streams
/// (`analysis/motet_analysis/records/stream.py` has the layout): files of other programs are read
/// by those programs' own libraries, and pictures and sounds are decoded here.
struct RecordStream {
  /// What the stream says first.
  private struct Head: Decodable {
    let modality: String
    let classes: [String]
    /// Nil where the data have no splits.
    let splits: [String]?
    /// Samples of each class, for each split.
    let counts: [[Int]]
  }

  /// The words before a record.
  private struct RecordHead {
    static let size = 32
    let split, label, height, width, rate, name, group, payload: Int

    init(_ bytes: [UInt8]) {
      let words = (0..<8).map { word in
        (0..<4).reduce(0) { $0 | Int(bytes[4 * word + $1]) << (8 * $1) }
      }
      (split, label, height, width) = (words[0], words[1], words[2], words[3])
      (rate, name, group, payload) = (words[4], words[5], words[6], words[7])
    }

    var isEnd: Bool { split == Int(UInt32.max) }
  }

  /// `arrays` or `parquet`.
  let reader: String
  /// What Python needs for the files.
  let needs: [String]
  /// The reader's options, as JSON.
  let options: String
  /// The side in pixels to which pictures are brought; 0 leaves them.
  let size: Int
  /// The share of each class for the split `test`, where the data have no splits.
  let testShare: Double

  /// Offers all samples of a folder, or of a file, to `sink`.
  func run(from source: String, into sink: ImportSink) throws {
    let python = try AnalysisPackage.command(
      "motet_analysis.records", needs: needs, for: "motet data import \(reader)")
    let process = try PipedProcess(python + [reader, source, options])
    guard let line = process.readLine(),
      let head = try? JSONDecoder().decode(Head.self, from: Data(line))
    else { throw failure(process, source) }
    try sink.begin(
      head.modality, classes: head.classes, expected: head.counts.joined().reduce(0, +))
    let splits = head.splits ?? ["train"]
    var parting = head.splits == nil ? Parting(head.counts[0], testShare: testShare) : nil
    let base = FileSystem.isFolder(source) ? source : FileSystem.parent(of: source)
    while true {
      let words = process.read(RecordHead.size)
      guard words.count == RecordHead.size else { throw failure(process, source) }
      let record = RecordHead(words)
      if record.isEnd { break }
      let name = process.read(record.name)
      let group = process.read(record.group)
      let payload = process.read(record.payload)
      guard payload.count == record.payload, head.classes.indices.contains(record.label),
        splits.indices.contains(record.split)
      else {
        throw failure(process, source)
      }
      let split = parting?.split(of: record.label) ?? splits[record.split]
      let place = Place(String(decoding: name, as: UTF8.self), below: base)
      let side = size
      try sink.add(
        split: split, label: record.label, name: place.path, part: place.part,
        group: group.isEmpty ? nil : String(decoding: group, as: UTF8.self)
      ) {
        try Self.sample(record, payload, modality: head.modality, place, size: side)
      }
    }
    let end = process.finish()
    guard end.status == 0 else { throw failure(process, source) }
  }

  private static func sample(
    _ record: RecordHead, _ payload: [UInt8], modality: String, _ place: Place, size: Int
  ) throws -> StoredSample {
    if record.height > 0 {
      let picture = Picture(width: record.width, height: record.height, pixels: payload)
      return StoredSample(size > 0 ? picture.filling(side: size) : picture)
    }
    if record.rate > 0 {
      let samples = payload.withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map {
          Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
        }
      }
      return try StoredSample(Sound(samples: samples, rate: record.rate))
    }
    // Decoders want a path.
    let file = try UnnamedFile()
    try file.append(payload)
    do {
      return modality == "image"
        ? try StoredSample(pictureAt: file.path, size: size)
        : try StoredSample(soundAt: file.path)
    } catch let error as MediaError {
      throw StoreError("\(place.path)#\(place.part)", error.message)
    }
  }

  private func failure(_ process: PipedProcess, _ source: String) -> any Error {
    let end = process.finish()
    // A reader's complaint names the file; a crash of Python's says what it is at its end.
    guard end.status == 1, let complaint = end.complaint else {
      return StoreError(
        source,
        "its reader ended with exit code \(end.status) and "
          + (end.complaint.map { "'\($0)'" } ?? "no message"))
    }
    return AnalysisPackage.Complaint(description: complaint)
  }

  /// A sample's file, and what tells it from others in that.
  private struct Place: Sendable {
    let path: String
    let part: String

    init(_ name: String, below base: String) {
      let end = name.lastIndex(of: "#") ?? name.endIndex
      path = "\(base)/\(name[..<end])"
      part = String(name[end...].dropFirst())
    }
  }

  /// Which samples of data without splits are to be tested on: of each class a share, drawn from a
  /// fixed seed.
  private struct Parting {
    private let test: [Set<Int>]
    private var seen: [Int]

    init(_ counts: [Int], testShare: Double) {
      test = counts.enumerated().map { label, count in heldOut(testShare, of: count, label: label) }
      seen = [Int](repeating: 0, count: counts.count)
    }

    mutating func split(of label: Int) -> String {
      defer { seen[label] += 1 }
      return test[label].contains(seen[label]) ? "test" : "train"
    }
  }
}

/// Which of a class's samples, by their places, are its share for the split `test`: drawn from a
/// fixed seed.
func heldOut(_ share: Double, of count: Int, label: Int) -> Set<Int> {
  var random = RandomStream(seed: 0, purpose: .sampling, sample: label)
  return Set(random.permutation(count).prefix(Int((Double(count) * share).rounded())))
}
