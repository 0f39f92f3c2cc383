import Files
import Foundation

/// The figures of runs as two tables of comma-separated values: a row a round in one, a row a
/// figure of an evaluation in the other.
public struct CSVTables {
  /// The table of rounds.
  public let path: String
  /// That of evaluations, beside it.
  public var evaluations: String { "\(path.dropLast(".csv".count))-evaluations.csv" }

  /// - Parameter path: ends with ".csv".
  public init(_ path: String) { self.path = path }

  /// Writes both, each whole or not at all.
  /// - Parameter damaged: told of evaluations that cannot be read.
  public func write(
    _ runs: [RunFigures], warn: (String) -> Void, damaged: (String) -> Void
  ) throws {
    let labels = Set(runs.flatMap(\.cell.keys)).sorted()
    func save(_ part: (RunFigures) throws -> Table, _ first: [String], _ path: String) throws {
      let table = Table(
        joining: try runs.map { run in
          let own = try part(run)
          return run.cell.reduce(own.with("run", text: run.name)) { $0.with($1.key, $1.value) }
        })
      try FileSystem.write(table.csv(first: ["run"] + labels + first).utf8, to: path)
    }
    try save(\.rounds, ["round", "time"], path)
    try save(
      { try $0.evaluations(warn: warn, damaged: damaged) },
      [
        "task", "data", "modality", "round", "figure", "value", "low", "high", "count", "spec",
        "file",
      ],
      evaluations)
  }
}
