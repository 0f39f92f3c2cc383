import Catalogues
import Foundation

/// Tiny ImageNet (Stanford CS231n): JPEG images of 64 × 64 pixels, 200 classes, some images grey.
/// Its validation images become the split `test`: those of its own test folder have no labels.
public struct TinyImageNet: Importer, PlugIn {
  public static let name = "tinyimagenet"
  public static let summary =
    "Tiny ImageNet: wnids.txt, words.txt, train/WNID/images, val/images, val/val_annotations.txt"
  public static let defaults = NoOptions()

  public init(_ options: NoOptions) {}

  private struct Entry {
    let path: String
    let split: String
    let label: Int
  }

  private static let side = 64

  public var outline: StoreOutline? {
    StoreOutline(
      parts: [
        .init(
          "image", classes: StoreOutline.numbered(200), extent: .dense([Self.side, Self.side, 3]),
          counts: ["train": 100_000, "test": 10_000])
      ], source: "Tiny ImageNet: 200 classes of 500 training and 50 validation images")
  }

  public func run(from folder: String, into sink: ImportSink) throws {
    let wnids = try rows("\(folder)/wnids.txt").map { $0[0] }
    guard !wnids.isEmpty, Set(wnids).count == wnids.count else {
      throw StoreError("\(folder)/wnids.txt", "names must be there, and differ")
    }
    let labels = Dictionary(uniqueKeysWithValues: wnids.enumerated().map { ($1, $0) })
    let entries = try trainEntries(folder, wnids) + testEntries("\(folder)/val", labels)
    try sink.begin("image", classes: try classes(folder, wnids), expected: entries.count)
    for entry in entries {
      try sink.add(split: entry.split, label: entry.label, name: entry.path) {
        let sample = try StoredSample(pictureAt: entry.path, size: 0)
        guard sample.shape == [Self.side, Self.side, 3] else {
          throw StoreError(entry.path, "is not \(Self.side)×\(Self.side)")
        }
        return sample
      }
    }
  }

  private func trainEntries(_ folder: String, _ wnids: [String]) throws -> [Entry] {
    try wnids.enumerated().flatMap { label, wnid -> [Entry] in
      let own = "\(folder)/train/\(wnid)/images"
      let paths = try allFiles(own).filter { $0.hasSuffix(".JPEG") }
      guard !paths.isEmpty else { throw StoreError(own, "holds no .JPEG images") }
      return paths.map { Entry(path: $0, split: "train", label: label) }
    }
  }

  private func testEntries(_ folder: String, _ labels: [String: Int]) throws -> [Entry] {
    let table = "\(folder)/val_annotations.txt"
    return try rows(table).enumerated().map { index, row in
      guard row.count >= 2, let label = labels[row[1]] else {
        throw StoreError(
          table, "line \(index + 1): expected FILE and a WNID of wnids.txt, parted by a tab")
      }
      return Entry(path: "\(folder)/images/\(row[0])", split: "test", label: label)
    }
  }

  /// `n01443537 goldfish`: words alone are not unique in ImageNet.
  private func classes(_ folder: String, _ wnids: [String]) throws -> [String] {
    let words = Dictionary(
      try rows("\(folder)/words.txt").map { ($0[0], $0.last!) },
      uniquingKeysWith: { first, _ in first })
    return try wnids.map { wnid in
      guard let first = words[wnid]?.split(separator: ",").first else {
        throw StoreError("\(folder)/words.txt", "has no line for \(wnid)")
      }
      return "\(wnid) \(first)"
    }
  }

  /// The lines of a file, cut at tabs.
  private func rows(_ path: String) throws -> [[String]] {
    try textLines(path, mend: "--from is the folder tiny-imagenet-200").map {
      $0.split(separator: "\t").map(String.init)
    }
  }
}

/// The lines of a text file that hold more than blanks. `mend`: what to do where there is no such
/// file.
func textLines(_ path: String, mend: String) throws -> [String] {
  guard let text = String(data: try regularContents(path, mend: mend), encoding: .utf8) else {
    throw StoreError(path, "is no text in UTF-8; \(mend)")
  }
  return text.split(whereSeparator: \.isNewline)
    .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
}
