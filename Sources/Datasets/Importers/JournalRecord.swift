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
  let outcome: ImportOutcome

  init(key: String, stamp: FileStamp, outcome: ImportOutcome) {
    self.key = key
    self.stamp = stamp
    self.outcome = outcome
  }

  /// Takes a record apart; its checksum has been compared.
  init(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    func take<T: BitwiseCopyable>(_ count: Int) -> [T] {
      let size = count * MemoryLayout<T>.stride
      defer { rest = UnsafeRawBufferPointer(rebasing: rest[size...]) }
      return [T](unsafeUninitializedCapacity: count) { values, initialised in
        UnsafeMutableRawBufferPointer(values).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: rest[..<size]))
        initialised = count
      }
    }
    func number() -> Int64 { take(1)[0] }
    func counted<T: BitwiseCopyable>() -> [T] { take(Int(number())) }
    func optional() -> [Double]? {
      let tally: [Double] = counted()
      return tally.isEmpty ? nil : tally
    }
    func text() -> String { String(decoding: counted() as [UInt8], as: UTF8.self) }
    key = text()
    stamp = FileStamp(bytes: number(), modified: number())
    switch number() {
    case 0: outcome = .damaged(text())
    case 1:
      let tally = optional()
      let word = text()
      let shape = (counted() as [Int64]).map { Int($0) }
      let bytes: [UInt8] = counted()
      outcome =
        SampleForm(word: word).map {
          .sample(StoredSample($0, shape: shape, bytes: bytes), tally: tally)
        } ?? .damaged("its journal has the unknown form '\(word)'")
    default: outcome = .damaged("its journal has a record of an unknown kind")
    }
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
    switch outcome {
    case .damaged(let message):
      put([0 as Int64])
      counted(Array(message.utf8))
    case .sample(let sample, let tally):
      put([1 as Int64])
      counted(tally ?? [])
      counted(Array(sample.form.word.utf8))
      counted(sample.shape.map { Int64($0) })
      counted(sample.bytes)
    }
  }
}
