import Foundation

/// A comma-separated file (RFC 4180): fields in quotes may hold commas, line breaks and, doubled,
/// quotes. Empty lines are left out.
struct CommaSeparated {
  struct Row {
    /// Where the row begins in the file, from 1.
    let line: Int
    let fields: [String]
  }

  let path: String
  let rows: [Row]

  /// `mend`: what to do where there is no such file.
  init(_ path: String, mend: String) throws {
    let data = try regularContents(path, mend: mend)
    self.path = path
    rows = try Self.parse(data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data, path)
  }

  /// Where the columns of these names are, by the heading in the first row.
  func columns(_ names: [String]) throws -> [Int] {
    let columns = names.compactMap { rows.first?.fields.firstIndex(of: $0) }
    guard rows.count > 1, columns.count == names.count else {
      throw StoreError(path, "expected rows under a heading with \(names.joined(separator: ","))")
    }
    return columns
  }

  /// The rows below the heading, each with as many fields.
  func body() throws -> ArraySlice<Row> {
    for row in rows.dropFirst() where row.fields.count != rows[0].fields.count {
      throw StoreError(path, "line \(row.line) does not fit the heading")
    }
    return rows.dropFirst()
  }

  private static func parse(_ data: Data, _ path: String) throws -> [Row] {
    let quote = UInt8(ascii: "\"")
    var rows: [Row] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var line = 1
    var start = 1
    var isQuoted = false
    var wasQuote = false
    func endField() {
      fields.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
    }
    func endRow() {
      endField()
      if fields != [""] { rows.append(Row(line: start, fields: fields)) }
      fields = []
      start = line
    }
    for byte in data {
      if byte == UInt8(ascii: "\n") { line += 1 }
      switch byte {
      case quote where isQuoted: isQuoted = false
      case quote:
        // A quote right after the one that seemed to end the field belongs to it.
        if wasQuote { field.append(quote) }
        isQuoted = true
      case _ where isQuoted: field.append(byte)
      case UInt8(ascii: ","): endField()
      case UInt8(ascii: "\n"): endRow()
      case UInt8(ascii: "\r"): break
      default: field.append(byte)
      }
      wasQuote = byte == quote && !isQuoted
    }
    guard !isQuoted else { throw StoreError(path, "line \(start): a quote is not closed") }
    if !field.isEmpty || !fields.isEmpty { endRow() }
    return rows
  }
}
