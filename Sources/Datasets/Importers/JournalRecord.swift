import Files
import Foundation
import Views

/// What became of one sample of an import.
enum ImportOutcome: Sendable, Equatable {
  /// What was read, and what it adds to the statistics where that was computed.
  case sample(StoredSample, tally: [Double]?)
  case damaged(String)
}

/// One sample in an import's journal.
struct JournalRecord: Equatable {
  let key: String
  let stamp: FileStamp
  let sample: StoredSample
  /// What it adds to the statistics, where that was computed.
  let tally: [Double]?
}

extension JournalRecord {
  /// Takes a record apart, whose checksum has been compared. Nil where its parts do not fit: a
  /// checksum can be forged.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var parts = RecordParts(bytes)
    guard let key = parts.text(), let bytes = parts.number(), let modified = parts.number(),
      let tally = parts.numbers(), let sample = parts.sample()
    else { return nil }
    self.init(
      key: key, stamp: FileStamp(bytes: bytes, modified: modified), sample: sample,
      tally: tally.isEmpty ? nil : tally)
  }

  /// Puts the parts after `bytes`.
  func append(to bytes: inout [UInt8]) {
    func put<T: BitwiseCopyable>(_ values: [T]) {
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    func counted<T: BitwiseCopyable>(_ values: [T]) {
      put([Int64(values.count)])
      put(values)
    }
    counted(Array(key.utf8))
    put([stamp.bytes, stamp.modified])
    counted(tally ?? [])
    counted(Array(sample.form.word.utf8))
    counted(sample.shape.map { Int64($0) })
    counted(sample.bytes)
  }
}

/// The bytes of a record that are left to be read; nil where they end.
private struct RecordParts {
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  private mutating func take<T: BitwiseCopyable>(_ count: Int64) -> [T]? {
    guard count >= 0, count <= rest.count / MemoryLayout<T>.stride else { return nil }
    let (count, size) = (Int(count), Int(count) * MemoryLayout<T>.stride)
    defer { rest = UnsafeRawBufferPointer(rebasing: rest[size...]) }
    return [T](unsafeUninitializedCapacity: count) { values, initialised in
      UnsafeMutableRawBufferPointer(values).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: rest[..<size]))
      initialised = count
    }
  }

  mutating func number() -> Int64? {
    let numbers: [Int64]? = take(1)
    return numbers?[0]
  }

  private mutating func counted<T: BitwiseCopyable>(_ type: T.Type = T.self) -> [T]? {
    number().flatMap { take($0) }
  }

  mutating func text() -> String? {
    counted(UInt8.self).map { String(decoding: $0, as: UTF8.self) }
  }

  mutating func numbers() -> [Double]? { counted() }

  mutating func sample() -> StoredSample? {
    guard let word = text(), let form = SampleForm(word: word),
      let shape = counted(Int64.self)?.map({ Int($0) }), let bytes = counted(UInt8.self),
      form.layout == .dense || shape.count == 1, !bytes.isEmpty,
      form.bytes(ofShape: shape) == bytes.count
    else { return nil }
    return StoredSample(form, shape: shape, bytes: bytes)
  }
}
