import Catalogues
import HDF5

/// Samples of several modalities that belong together (a picture and the sound of one place), as
/// rows of a store's split: pair i is row `rows["image"]![i]` of the images and row
/// `rows["audio"]![i]` of the sounds. Nothing counts on there being two modalities, or on every
/// sample being in a pair.
///
/// In the file they are an index, and samples are stored once:
/// ```
/// /pairs/SPLIT/{image, audio}   Int64 [P], rows of /SPLIT/{image, audio}
/// ```
public struct SamplePairs: Sendable {
  /// The rows of each modality, all of one length.
  public let rows: [String: [Int]]
  /// The class of each pair, an index into the classes that all its modalities have.
  public let labels: [Int32]

  public var count: Int { labels.count }
  /// The modalities, sorted.
  public var modalities: [String] { rows.keys.sorted() }

  /// The row of each modality in one pair.
  public subscript(index: Int) -> [String: Int] { rows.mapValues { $0[index] } }

  /// Reads and checks the pairs of one split. Throws where a row is not there, or where two samples
  /// of a pair are of different classes.
  init(
    _ file: HDF5File, split: String, groups: [String: SampleGroup], classes: [String: [String]]
  ) throws {
    func wrong(_ message: String) -> StoreError {
      StoreError(file.path, "/pairs/\(split): \(message)")
    }
    var rows: [String: [Int]] = [:]
    for modality in try file.names(in: "/pairs/\(split)") {
      guard let group = groups[modality] else { throw wrong("no '\(modality)' in this split") }
      let own = try file.read("/pairs/\(split)/\(modality)", as: Int64.self).map { Int($0) }
      if let row = own.first(where: { !(0..<group.count).contains($0) }) {
        throw wrong("row \(row) of \(counted(group.count, "sample")) of '\(modality)'")
      }
      rows[modality] = own
    }
    let names = rows.keys.sorted()
    guard let first = names.first, names.count > 1 else { throw wrong("fewer than two modalities") }
    let labels = rows[first]!.map { groups[first]!.labels[$0] }
    for name in names.dropFirst() {
      guard classes[name] == classes[first] else {
        throw wrong("'\(first)' and '\(name)' have different classes")
      }
      guard rows[name]!.count == labels.count else {
        throw wrong(
          "\(counted(labels.count, "row")) of '\(first)', \(rows[name]!.count) of '\(name)'")
      }
      for (index, row) in rows[name]!.enumerated() where groups[name]!.labels[row] != labels[index]
      {
        throw wrong("the samples of pair \(index) are of different classes")
      }
    }
    self.rows = rows
    self.labels = labels
  }
}

extension SampleStore {
  /// The pairs of a split. Throws where it has none.
  public func pairs(split: String) throws -> SamplePairs {
    guard let pairs = allPairs[split] else {
      let have = pairedSplits.isEmpty ? "none" : pairedSplits.joined(separator: ", ")
      throw StoreError(
        path,
        "there are no pairs in split '\(split)' (splits with pairs: \(have)); 'motet data pair' "
          + "makes a store with pairs of two stores")
    }
    return pairs
  }

  /// The splits that have pairs, sorted.
  public var pairedSplits: [String] { allPairs.keys.sorted() }
}
