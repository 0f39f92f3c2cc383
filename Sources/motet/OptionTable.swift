import Catalogues

/// Options as lines of a table: key, default, meaning.
struct OptionTable {
  private let rows: [(key: String, value: String, meaning: String)]

  /// - Parameters:
  ///   - meanings: by dotted key; a key of a mapping stands for all that is in it.
  ///   - defaults: the options with their defaults. What has a default and no meaning is listed
  ///     too.
  init(_ meanings: [String: String], defaults: Tree) {
    let explained = meanings.map { key, meaning in
      (key: key, value: defaults[path: key]?.json ?? "-", meaning: meaning)
    }
    let others = defaults.leaves.filter { leaf, _ in
      !meanings.keys.contains { leaf == $0 || leaf.hasPrefix("\($0).") }
    }
    rows = (explained + others.map { (key: $0.key, value: $0.value.json, meaning: "") })
      .sorted { $0.key < $1.key }
  }

  /// Keys and defaults are padded to the longest; a default that is longer than most is not waited
  /// for.
  func lines(indent: String) -> [String] {
    let keys = rows.map(\.key.count).max() ?? 0
    let values = rows.map(\.value.count).filter { $0 <= 20 }.max() ?? 0
    return rows.map { row in
      let line = [pad(row.key, keys), pad(row.value, values), row.meaning].joined(separator: "  ")
      return indent + line.trimmed
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension String {
  /// Without spaces at the end.
  fileprivate var trimmed: Substring {
    self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]
  }
}
