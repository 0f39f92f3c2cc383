extension Table {
  /// The table as comma-separated values, quoted as RFC 4180 has it, its names in the first line.
  /// Numbers have the digits that give back their bits; where there is no value there is nothing.
  /// - Parameter first: columns that come before the others, which follow by name.
  func csv(first: [String]) -> String {
    let names = first + columns.keys.filter { !first.contains($0) }.sorted()
    let lines = (0..<count).map { row in
      names.map { name in
        guard columns[name] != nil else { return "" }
        let value = value(name, row)
        return value.isAbsent ? "" : Self.field(value)
      }
    }
    return ([names.map(Self.quoted)] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func field(_ value: Value) -> String {
    switch value {
    case .real(let value): "\(value)"
    case .whole(let value): "\(value)"
    case .text(let value): quoted(value)
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
