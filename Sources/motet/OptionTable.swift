import Jobs

/// Options as lines of a table: key, default, meaning.
struct OptionTable {
  private let rows: [(key: String, value: String, meaning: String)]

  /// - Parameters:
  ///   - meanings: by dotted key; a key of a mapping stands for all that is in it.
  ///   - defaults: the options with their defaults. What has a default and no meaning is listed
  ///     too.
  init(_ meanings: [String: String], defaults: [String: Any]) {
    let explained = meanings.map { key, meaning in
      (key: key, value: Self.value(key, in: defaults), meaning: meaning)
    }
    let others = leaves(defaults).filter { leaf, _ in
      !meanings.keys.contains { leaf == $0 || leaf.hasPrefix("\($0).") }
    }
    rows = (explained + others.map { (key: $0.key, value: $0.value, meaning: "") })
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

  /// The default at a dotted key as JSON; "-" where there is none.
  private static func value(_ key: String, in tree: [String: Any]) -> String {
    var value: Any? = tree
    for part in key.split(separator: ".") { value = (value as? [String: Any])?[String(part)] }
    return value.map(jsonLeaf) ?? "-"
  }
}

extension String {
  /// Without spaces at the end.
  fileprivate var trimmed: Substring {
    self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]
  }
}
