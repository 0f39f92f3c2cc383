import Catalogues
import HDF5

/// What the samples of a split are called, in their order: the file below the folder that was
/// imported, `cat/1.png`, and where a file holds several the part of it too,
/// `data_batch_1.bin#17`.
///
/// In a file they lie beside the labels, one after the other, as sounds do. A text for each would
/// be a reference into a heap that is read piece by piece, and texts of one length are as long as
/// the longest.
/// ```
/// name         UInt8 [total], UTF-8
/// name_offset  Int64 [N + 1], where each begins, and where the last ends
/// ```
public struct SampleNames: Sendable, Equatable, RandomAccessCollection {
  private var bytes: [UInt8] = []
  private var offsets: [Int64] = [0]

  public init() {}

  public var startIndex: Int { 0 }
  public var endIndex: Int { offsets.count - 1 }

  /// The name of a sample, by its row.
  public subscript(row: Int) -> String {
    String(decoding: bytes[Int(offsets[row])..<Int(offsets[row + 1])], as: UTF8.self)
  }

  mutating func append(_ name: String) {
    bytes.append(contentsOf: name.utf8)
    offsets.append(Int64(bytes.count))
  }

  /// The names of the samples in a group of a file; nil where it has none. Throws where they do not
  /// fit the samples.
  init?(_ file: HDF5File, _ place: String, samples: Int) throws {
    guard try file.contains("\(place)/name") else { return nil }
    func wrong(_ message: String) -> StoreError {
      StoreError(file.path, "\(place): \(message); import the data again")
    }
    offsets = try file.read("\(place)/name_offset")
    guard offsets.count == samples + 1, offsets.first == 0 else {
      throw wrong(
        "\(counted(offsets.count, "offset")) of names for \(counted(samples, "sample")); expected "
          + "one more")
    }
    if let row = (0..<samples).first(where: { offsets[$0] >= offsets[$0 + 1] }) {
      throw wrong("sample \(row) has no name, or the offsets of names run backwards")
    }
    bytes = try file.read("\(place)/name")
    guard offsets.last == Int64(bytes.count) else {
      throw wrong("offsets of names end at \(offsets.last!), names at \(bytes.count)")
    }
    // As a lost part of a file reads.
    guard !bytes.contains(0) else { throw wrong("names with zeros in them") }
  }

  func write(_ file: HDF5File, _ place: String) throws {
    try file.write("\(place)/name", bytes, level: 1)
    try file.write("\(place)/name_offset", offsets, level: 1)
  }
}
