import Catalogues
import Federation
import Files
import Foundation
import HDF5

/// The figures of a run: a row a round, and the monitor's measurements.
///
/// In the file, `/rounds` has one column (data set) for each figure, `/monitor` one row for each
/// measurement, `/left_out` one for each training that ran away. `ResultsWriter` writes it.
public struct Results {
  public static let format = FileFormat("motet results", version: 1)

  /// One round. Columns are paths under `/rounds`: `loss/image`, `seconds/training`, `views`. By
  /// modality, `clients_with` are the round's clients that have any sample of it, `samples` theirs.
  /// `time` is when it was complete, in seconds since 1970; older versions did not say.
  public struct Row: Equatable {
    public let round: Int
    /// Whole numbers; 0 where there is none of a name.
    public var counts: [String: Int]
    /// Not a number in the file where there is none of a name.
    public var reals: [String: Double]

    /// Wall time of its phases, measurements apart.
    public var seconds: Double {
      RoundReport.phases.reduce(0) { $0 + reals["seconds/\($1)", default: 0] }
    }
  }

  /// A client's training that ran away, and has no part in its round.
  public struct LeftOut: Equatable {
    public let round: Int
    public let client: Int
    public let reason: String
  }

  /// Columns that are there even where no round has counted any.
  private static let countNames = [
    "bytes", "clients", "clients_left_out", "clients_without_steps", "steps", "views",
  ]

  public private(set) var rows: [Row] = []
  public private(set) var measurements: [(round: Int, MonitorFigure)] = []
  public private(set) var leftOut: [LeftOut] = []
  /// The resolved job of the file, as JSON; nil where it has none.
  public private(set) var job: String?

  /// No rows yet.
  init() {}

  /// What a file has, its checksum first.
  /// - Parameters:
  ///   - completed: rows after this round are left out: they belong to rounds that the checkpoint
  ///     does not know, and come again.
  ///   - warn: told where another program has cut off the checksum; the figures are read on.
  public init(
    reading path: String, completed: Int = .max, warn: (String) -> Void = { _ in }
  ) throws {
    let file = try HDF5File.openSealed(path, as: Self.format, unsealed: warn)
    /// A column of as many rows as there are.
    func column<T>(_ values: [T], _ name: String, rows: Int) throws -> [T] {
      guard values.count == rows else {
        throw FileFormatError(
          path: path,
          message: "\(name) has \(counted(values.count, "row")) of \(rows); the file is damaged")
      }
      return values
    }
    job = try file.hasAttribute("job") ? file.textAttribute("job") : nil
    let rounds = try file.read("/rounds/round", as: Int64.self)
    rows = rounds.map { Row(round: Int($0), counts: [:], reals: [:]) }
    for name in try file.names(in: "/rounds") where name != "round" {
      let group = "/rounds/\(name)"
      let names =
        try file.isGroup(group) ? file.names(in: group).map { "\(name)/\($0)" } : [name]
      for name in names {
        let path = "/rounds/\(name)"
        if try file.elementKind(path) == .whole {
          let values = try column(file.read(path, as: Int64.self), path, rows: rows.count)
          for (i, value) in values.enumerated() { rows[i].counts[name] = Int(value) }
        } else {
          let values = try column(file.read(path, as: Double.self), path, rows: rows.count)
          for (i, value) in values.enumerated() where !value.isNaN { rows[i].reals[name] = value }
        }
      }
    }
    let measured = try file.read("/monitor/round", as: Int64.self)
    let data = try column(file.texts("/monitor/data"), "/monitor/data", rows: measured.count)
    let names = try column(
      file.texts("/monitor/modality"), "/monitor/modality", rows: measured.count)
    let accuracies = try column(
      file.read("/monitor/accuracy", as: Double.self), "/monitor/accuracy", rows: measured.count)
    measurements = measured.enumerated().map { i, round in
      (Int(round), MonitorFigure(data: data[i], modality: names[i], accuracy: accuracies[i]))
    }
    // Versions before this one had no such rows.
    if try file.contains("/left_out") {
      let rounds = try file.read("/left_out/round", as: Int64.self)
      let clients = try column(
        file.read("/left_out/client", as: Int64.self), "/left_out/client", rows: rounds.count)
      let reasons = try column(
        file.texts("/left_out/reason"), "/left_out/reason", rows: rounds.count)
      leftOut = rounds.indices.map {
        LeftOut(round: Int(rounds[$0]), client: Int(clients[$0]), reason: reasons[$0])
      }
    }
    leftOut.removeAll { $0.round > completed }
    rows.removeAll { $0.round > completed }
    measurements.removeAll { $0.round > completed }
  }

  /// The measurements of a round.
  public func measurements(round: Int) -> [MonitorFigure] {
    measurements.filter { $0.round == round }.map(\.1)
  }

  mutating func add(_ row: Row) { rows.append(row) }
  mutating func add(_ left: LeftOut) { leftOut.append(left) }

  /// - Parameters:
  ///   - round: 0 before training.
  ///   - seconds: that they took.
  mutating func add(_ measured: [MonitorFigure], round: Int, seconds: Double) {
    measurements += measured.map { (round, $0) }
    if let row = rows.firstIndex(where: { $0.round == round }) {
      rows[row].reals["seconds/monitor"] = seconds
    }
  }

  func write(to file: HDF5File) throws {
    try file.write("/rounds/round", rows.map { Int64($0.round) })
    for name in Set(rows.flatMap(\.counts.keys)).union(Self.countNames).sorted() {
      try file.write("/rounds/\(name)", rows.map { Int64($0.counts[name] ?? 0) })
    }
    for name in Set(rows.flatMap(\.reals.keys)).sorted() {
      try file.write("/rounds/\(name)", rows.map { $0.reals[name] ?? .nan })
    }
    try file.write("/monitor/round", measurements.map { Int64($0.round) })
    try file.write("/monitor/data", texts: measurements.map(\.1.data))
    try file.write("/monitor/modality", texts: measurements.map(\.1.modality))
    try file.write("/monitor/accuracy", measurements.map(\.1.accuracy))
    try file.write("/left_out/round", leftOut.map { Int64($0.round) })
    try file.write("/left_out/client", leftOut.map { Int64($0.client) })
    try file.write("/left_out/reason", texts: leftOut.map(\.reason))
  }
}
