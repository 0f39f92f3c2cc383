import Catalogues

/// Files by a table (CSV) with a row for each: `file`, below the folder, and `label`, the name of
/// its class; perhaps `split`, and `group`, such as whose sound it is.
struct FileTable {
  let files: LabelledFiles

  private struct Row {
    let line: Int
    let file: String
    let label: String
    let split: String?
    let group: String?
  }

  /// Classes are the labels of all rows, sorted; samples come in the rows' order. Without a column
  /// `split`, a share of each class becomes the split `test`. Throws where a row has no file, label
  /// or group, and where a file comes twice.
  init(_ path: String, of folder: String, testShare: Double) throws {
    let rows = try Self.rows(path)
    let classes = Set(rows.map(\.label)).sorted()
    let labels = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    var test: [Set<Int>] = []
    if rows[0].split == nil {
      let counts = Dictionary(grouping: rows, by: \.label).mapValues(\.count)
      test = classes.enumerated().map { heldOut(testShare, of: counts[$1]!, label: $0) }
    }
    var seen = [Int](repeating: 0, count: classes.count)
    let entries = rows.map { row in
      let label = labels[row.label]!
      defer { seen[label] += 1 }
      let split = row.split ?? (test[label].contains(seen[label]) ? "test" : "train")
      return LabelledFiles.Entry(
        path: "\(folder)/\(row.file)", label: label, split: split, group: row.group)
    }
    guard entries.contains(where: { $0.split == SampleStore.trainingSplit }) else {
      throw StoreError(path, "no row is of the split train; name the split to train on so")
    }
    files = LabelledFiles(classes: classes, entries: entries)
  }

  private static func rows(_ path: String) throws -> [Row] {
    let table = try CommaSeparated(path, mend: "the option table names a CSV file")
    let columns = try table.columns(["file", "label"])
    let heading = table.rows[0].fields
    let (split, group) = (heading.firstIndex(of: "split"), heading.firstIndex(of: "group"))
    var lines: [String: Int] = [:]
    return try table.body().map { row in
      func field(_ column: Int) throws -> String {
        guard !row.fields[column].isEmpty else {
          throw StoreError(path, "line \(row.line) has no \(heading[column])")
        }
        return row.fields[column]
      }
      let own = Row(
        line: row.line, file: try field(columns[0]), label: try field(columns[1]),
        split: try split.map { try self.split(of: try field($0), path, row.line) },
        group: try group.map(field))
      if let other = lines.updateValue(row.line, forKey: own.file) {
        throw StoreError(path, "lines \(other) and \(row.line) are both of \(own.file); remove one")
      }
      return own
    }
  }

  private static func split(of word: String, _ path: String, _ line: Int) throws -> String {
    guard let split = SplitFolders.names[word.lowercased()] else {
      throw StoreError(
        path,
        "line \(line): '\(word)' is no split; it is one of "
          + SplitFolders.names.keys.sorted().joined(separator: ", "))
    }
    return split
  }
}
