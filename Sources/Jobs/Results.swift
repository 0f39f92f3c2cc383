import Federation
import Files
import Foundation
import HDF5
import Machines

/// The figures of a run: a row a round, and the monitor's measurements.
///
/// In the file, `/rounds` has one column (data set) for each figure, `/monitor` one row for each
/// measurement. It is written anew after each round, whole or not at all: rows are few. So it can be
/// read while the run goes on, and a run that is killed leaves the rows of complete rounds.
public final class Results {
  public static let format = FileFormat("motet results", version: 1)

  /// One round. Columns are paths under `/rounds`: `loss/image`, `seconds/training`, `views`. By
  /// modality, `clients_with` are the round's clients that have any sample of it, `samples` theirs.
  public struct Row: Equatable {
    public let round: Int
    /// Whole numbers; 0 where there is none of a name.
    public var counts: [String: Int]
    /// Not a number in the file where there is none of a name.
    public var reals: [String: Double]
  }

  private static let countNames = ["bytes", "clients", "clients_without_steps", "steps", "views"]
  /// Groups of counts, one a modality.
  private static let countGroups = ["clients_with", "samples"]

  public let path: String
  /// What is written as attributes: the job, versions, the machine.
  private let attributes: [String: String]
  public private(set) var rows: [Row] = []
  public private(set) var measurements: [(round: Int, MonitorFigure)] = []

  /// A file at `path`, with what it has of the rounds up to `completed`.
  public init(_ path: String, completed: Int, attributes: [String: String]) throws {
    self.path = path
    self.attributes = attributes
    guard FileManager.default.fileExists(atPath: path) else { return }
    do { try load(completed) } catch {
      throw JobError(
        path: path,
        message: "cannot be continued (\(error)); move it away to go on without its rows")
    }
  }

  /// The measurements of a round.
  public func measurements(round: Int) -> [MonitorFigure] {
    measurements.filter { $0.round == round }.map(\.1)
  }

  /// - Parameters:
  ///   - report: nil before the first round.
  ///   - monitorSeconds: what the measurements took.
  ///   - samples: by modality, each client's number of samples.
  func add(
    _ report: RoundReport?, _ measured: [MonitorFigure], round: Int, monitorSeconds: Double,
    samples: [String: [Int]]
  ) {
    guard let report else { return add(nil as Row?, measured, round: round) }
    var reals = ["idle_share": report.idleShare, "seconds/monitor": monitorSeconds]
    for (phase, seconds) in report.seconds { reals["seconds/\(phase)"] = seconds }
    for (modality, loss) in report.losses { reals["loss/\(modality)"] = loss }
    var counts = [
      "bytes": report.bytes, "clients": report.clients.count, "steps": report.steps,
      "clients_without_steps": report.clientsWithoutSteps, "views": report.views,
    ]
    for (modality, samples) in samples {
      let own = report.clients.map { samples[$0.client] }
      counts["clients_with/\(modality)"] = own.count { $0 > 0 }
      counts["samples/\(modality)"] = own.reduce(0, +)
    }
    add(Row(round: round, counts: counts, reals: reals), measured, round: round)
  }

  func add(_ row: Row?, _ measured: [MonitorFigure], round: Int) {
    if let row { rows.append(row) }
    measurements += measured.map { (round, $0) }
  }

  public func save() throws {
    try HDF5File.saveSealed(path) { file in
      try Self.format.stamp(file)
      for (name, value) in attributes { try file.setAttribute(name, value) }
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
    }
  }

  /// Rows after `completed` belong to rounds that the checkpoint does not know: they come again.
  private func load(_ completed: Int) throws {
    let file = try HDF5File.openSealed(path)
    try Self.format.verify(file)
    let rounds = try file.read("/rounds/round", as: Int64.self)
    rows = rounds.map { Row(round: Int($0), counts: [:], reals: [:]) }
    for name in try file.names(in: "/rounds") where name != "round" {
      let isColumn = name == "idle_share" || Self.countNames.contains(name)
      let columns =
        isColumn ? [name] : try file.names(in: "/rounds/\(name)").map { "\(name)/\($0)" }
      for column in columns {
        if (Self.countNames + Self.countGroups).contains(name) {
          for (i, value) in try file.read("/rounds/\(column)", as: Int64.self).enumerated() {
            rows[i].counts[column] = Int(value)
          }
        } else {
          for (i, value) in try file.read("/rounds/\(column)", as: Double.self).enumerated()
          where !value.isNaN { rows[i].reals[column] = value }
        }
      }
    }
    let data = try file.texts("/monitor/data")
    let names = try file.texts("/monitor/modality")
    let accuracies = try file.read("/monitor/accuracy", as: Double.self)
    measurements = try file.read("/monitor/round", as: Int64.self).enumerated().map { i, round in
      (Int(round), MonitorFigure(data: data[i], modality: names[i], accuracy: accuracies[i]))
    }
    rows.removeAll { $0.round > completed }
    measurements.removeAll { $0.round > completed }
  }
}
