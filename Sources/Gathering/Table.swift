import Catalogues
import HDF5
import Jobs

/// Columns of equal length, by name: a group of one-dimensional data sets in a file.
struct Table {
  enum Value: Equatable {
    case real(Double)
    case whole(Int64)
    case text(String)

    /// Stands for nothing: not a number, -1, an empty text.
    var isAbsent: Bool {
      switch self {
      case .real(let value): value.isNaN
      case .whole(let value): value == -1
      case .text(let value): value.isEmpty
      }
    }
  }

  enum Column {
    case reals([Double])
    case wholes([Int64])
    case texts([String])

    var count: Int {
      switch self {
      case .reals(let values): values.count
      case .wholes(let values): values.count
      case .texts(let values): values.count
      }
    }
  }

  private(set) var columns: [String: Column]
  let count: Int

  init(_ columns: [String: Column] = [:], count: Int = 0) {
    precondition(columns.values.allSatisfy { $0.count == count }, "columns of other lengths")
    self.columns = columns
    self.count = count
  }

  /// A table of these rows; a row may lack columns.
  init(rows: [[String: Value]]) {
    self.init(joining: rows.map { Table(row: $0) })
  }

  private init(row: [String: Value]) {
    self.init(
      row.mapValues { value in
        switch value {
        case .real(let value): .reals([value])
        case .whole(let value): .wholes([value])
        case .text(let value): .texts([value])
        }
      }, count: 1)
  }

  /// These tables one below the other. Where one lacks a column its rows have nothing there; where
  /// they have values of different kinds, all become texts.
  init(joining tables: [Table]) {
    var names: Set<String> = []
    for table in tables { names.formUnion(table.columns.keys) }
    columns = [:]
    count = tables.reduce(0) { $0 + $1.count }
    for name in names { columns[name] = Self.join(name, tables) }
  }

  private static func join(_ name: String, _ tables: [Table]) -> Column {
    let own = tables.compactMap { $0.columns[name] }
    if own.allSatisfy({ if case .reals = $0 { true } else { false } }) {
      return .reals(
        tables.flatMap { table in
          if case .reals(let values)? = table.columns[name] { return values }
          return [Double](repeating: .nan, count: table.count)
        })
    }
    if own.allSatisfy({ if case .wholes = $0 { true } else { false } }) {
      return .wholes(
        tables.flatMap { table in
          if case .wholes(let values)? = table.columns[name] { return values }
          return [Int64](repeating: -1, count: table.count)
        })
    }
    return .texts(
      tables.flatMap { table -> [String] in
        switch table.columns[name] {
        case .texts(let values)?: values
        case .reals(let values)?: values.map { $0.isNaN ? "" : Tree.number($0).plain }
        case .wholes(let values)?: values.map { $0 == -1 ? "" : "\($0)" }
        case nil: [String](repeating: "", count: table.count)
        }
      })
  }

  /// The table; one without rows with these columns, so that a reader finds them.
  func having(_ empty: [String: Column]) -> Table { count == 0 ? Table(empty) : self }

  func with(_ name: String, _ column: Column) -> Table {
    Table(columns.merging([name: column]) { $1 }, count: count)
  }

  /// With one value in all rows.
  func with(_ name: String, _ value: Value) -> Table {
    switch value {
    case .real(let value): with(name, .reals([Double](repeating: value, count: count)))
    case .whole(let value): with(name, .wholes([Int64](repeating: value, count: count)))
    case .text(let value): with(name, text: value)
    }
  }

  /// With one text in all rows.
  func with(_ name: String, text: String) -> Table {
    with(name, .texts([String](repeating: text, count: count)))
  }

  /// Without the columns that say nothing in any row, among those that `isOptional`.
  func dropping(_ isOptional: (String) -> Bool) -> Table {
    let kept = columns.keys.filter { name in
      !isOptional(name) || (0..<count).contains { !value(name, $0).isAbsent }
    }
    return Table(columns.filter { kept.contains($0.key) }, count: count)
  }

  func value(_ name: String, _ row: Int) -> Value {
    switch columns[name]! {
    case .reals(let values): .real(values[row])
    case .wholes(let values): .whole(values[row])
    case .texts(let values): .text(values[row])
    }
  }

  func row(_ row: Int) -> [String: Value] {
    columns.keys.reduce(into: [:]) { $0[$1] = value($1, row) }
  }

  /// A column of texts; empty where there is no such column.
  func texts(_ name: String) -> [String] {
    if case .texts(let values)? = columns[name] { values } else { [] }
  }

  func wholes(_ name: String) -> [Int64] {
    if case .wholes(let values)? = columns[name] { values } else { [] }
  }

  /// The rows by the text that they have in a column, in order, without that column.
  func grouped(by name: String) -> [String: Table] {
    let keys = texts(name)
    let rows = Dictionary(grouping: keys.indices, by: { keys[$0] })
    return rows.mapValues { rows in
      Table(
        columns.filter { $0.key != name }.mapValues { column in
          switch column {
          case .reals(let values): .reals(rows.map { values[$0] })
          case .wholes(let values): .wholes(rows.map { values[$0] })
          case .texts(let values): .texts(rows.map { values[$0] })
          }
        }, count: rows.count)
    }
  }

  init(_ file: HDF5File, _ group: String) throws {
    var columns: [String: Column] = [:]
    for name in try file.names(in: group) {
      let path = "\(group)/\(name)"
      switch try file.elementKind(path) {
      case .text: columns[name] = .texts(try file.texts(path))
      case .whole: columns[name] = .wholes(try file.read(path))
      case .real: columns[name] = .reals(try file.read(path))
      case nil:
        throw FileFormatError(path: file.path, message: "\(path) is not a column of a table")
      }
    }
    let count = columns.values.first?.count ?? 0
    guard columns.values.allSatisfy({ $0.count == count }) else {
      throw FileFormatError(path: file.path, message: "\(group) has columns of different lengths")
    }
    self.init(columns, count: count)
  }

  func write(to file: HDF5File, _ group: String) throws {
    try file.makeGroup(group)
    for (name, column) in columns.sorted(by: { $0.key < $1.key }) {
      let path = "\(group)/\(name)"
      switch column {
      case .texts(let values): try file.write(path, texts: values)
      case .wholes(let values): try file.write(path, values)
      case .reals(let values): try file.write(path, values)
      }
    }
  }
}

extension Table: Equatable {
  /// Bit by bit: what is not a number equals itself.
  static func == (a: Table, b: Table) -> Bool {
    a.count == b.count && a.columns.count == b.columns.count
      && a.columns.allSatisfy { name, column in
        switch (column, b.columns[name]) {
        case (.reals(let x), .reals(let y)?): x.map(\.bitPattern) == y.map(\.bitPattern)
        case (.wholes(let x), .wholes(let y)?): x == y
        case (.texts(let x), .texts(let y)?): x == y
        default: false
        }
      }
  }
}
