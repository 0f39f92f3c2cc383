import Catalogues
import Foundation

/// Files of a data set that are of other kinds than an importer reads, by folder and by how their
/// names end.
public struct LeftOutFiles: Sendable {
  /// Files in all.
  public private(set) var count = 0
  private var folders: [(name: String, kinds: [String: Int])] = []

  /// Folders that are named.
  private static let most = 10

  mutating func add(_ files: [String], of folder: String) {
    guard !files.isEmpty else { return }
    count += files.count
    var kinds: [String: Int] = [:]
    for file in files {
      let ending = URL(fileURLWithPath: file).pathExtension
      kinds[ending.isEmpty ? "without an ending" : ".\(ending)", default: 0] += 1
    }
    folders.append((folder, kinds))
  }

  mutating func add(_ others: LeftOutFiles) {
    count += others.count
    folders += others.folders
  }

  /// What there is in the first folder; nil where nothing was left out.
  var text: String? { folders.first.map { Self.text($0.kinds) } }

  /// A line for each folder, and one for those that are not named.
  var messages: [String] {
    let lines = folders.prefix(Self.most).map { "\($0.name): \(Self.text($0.kinds))" }
    guard folders.count > lines.count else { return lines }
    return lines + [
      "and files of other kinds in \(counted(folders.count - lines.count, "more folder"))"
    ]
  }

  /// `7 files of other kinds (5 .webp, 2 without an ending)`, the most frequent first.
  private static func text(_ kinds: [String: Int]) -> String {
    let count = kinds.values.reduce(0, +)
    let each = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.value) \($0.key)" }
    return "\(counted(count, "file")) of other kinds "
      + "(\(each.prefix(8).joined(separator: ", ")))"
  }
}
