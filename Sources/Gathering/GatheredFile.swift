import Files
import Foundation
import HDF5
import Jobs

/// The tables of a gathered file.
struct GatheredFile: Equatable {
  let runs: Table
  let rounds: Table
  let monitor: Table
  let evaluations: Table
  let sources: Table
  let damaged: Table
  /// Rows of the other tables by run, for what has not changed; made when first asked for.
  private let index: Index

  private static let names = ["runs", "rounds", "monitor", "evaluations", "sources", "damaged"]
  /// Columns of `/runs` that are there where a run has something to say in them.
  private static func isOptional(_ name: String) -> Bool {
    name.hasPrefix("set.") || name.hasPrefix("label.")
  }

  init(runs rows: [[String: Table.Value]], _ runs: [GatheredRun]) {
    func join(_ part: (GatheredRun) -> Table) -> Table {
      Table(joining: runs.map { part($0).with("run", text: $0.id) })
    }
    self.init(
      runs: Table(rows: rows).dropping(Self.isOptional),
      // Losses and times by name: one that no run has any more goes.
      rounds: join(\.rounds).dropping { $0.contains(".") },
      monitor: join(\.monitor), evaluations: join(\.evaluations), sources: join(\.sources),
      damaged: join(\.damaged))
  }

  private init(
    runs: Table, rounds: Table, monitor: Table, evaluations: Table, sources: Table, damaged: Table
  ) {
    self.runs = runs
    self.rounds = rounds.having(["run": .texts([]), "round": .wholes([])])
    self.monitor = monitor.having([
      "run": .texts([]), "round": .wholes([]), "data": .texts([]), "modality": .texts([]),
      "accuracy": .reals([]),
    ])
    self.evaluations = evaluations.having([
      "run": .texts([]), "task": .texts([]), "spec": .texts([]), "data": .texts([]),
      "modality": .texts([]), "round": .wholes([]), "figure": .texts([]), "value": .reals([]),
      "low": .reals([]), "high": .reals([]), "count": .wholes([]), "file": .texts([]),
    ])
    self.sources = sources.having([
      "run": .texts([]), "file": .texts([]), "bytes": .wholes([]), "modified": .wholes([]),
    ])
    self.damaged = damaged.having(["run": .texts([]), "file": .texts([]), "message": .texts([])])
    index = Index()
  }

  /// The file of an earlier gathering; nil where there is none. Throws where the path has something
  /// else, which is not to be written over.
  static func open(_ path: String) throws -> GatheredFile? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do {
      let file = try HDF5File.openSealed(path, as: Gather.format)
      let tables = try names.map { try Table(file, "/\($0)") }
      return GatheredFile(
        runs: tables[0], rounds: tables[1], monitor: tables[2], evaluations: tables[3],
        sources: tables[4], damaged: tables[5])
    } catch {
      throw JobError(
        path: path, message: "not a whole gathered file (\(error)); move it away, or give another")
    }
  }

  /// Writes the file, atomically; `more` adds to it.
  func save(_ path: String, _ more: (HDF5File) throws -> Void) throws {
    try HDF5File.saveSealed(path) { file in
      try Gather.format.stamp(file)
      let tables = [runs, rounds, monitor, evaluations, sources, damaged]
      for (name, table) in zip(Self.names, tables) { try table.write(to: file, "/\(name)") }
      try more(file)
    }
  }

  /// What the file has of the run in a folder, if its files are those that were read then.
  func run(_ folder: String, _ files: [SourceFile]) -> GatheredRun? {
    index.make(self)
    guard let at = index.rows[folder] else { return nil }
    let row = runs.row(at)
    guard case .text(let id)? = row["run"] else { return nil }
    let sources = index.parts["sources"]?[id] ?? SourceFile.table([])
    guard sources == SourceFile.table(files) else { return nil }
    func part(_ name: String) -> Table { index.parts[name]?[id] ?? Table() }
    let own = row.filter { name, value in
      !["run", "path", "sweep", "cell"].contains(name) && !name.hasPrefix("label.")
        && !(name.hasPrefix("set.") && value.isAbsent)
    }
    return GatheredRun(
      // Without the number that tells it from others of the same job: it gets one anew.
      id: String(id.prefix { $0 != "-" }), row: own, rounds: part("rounds"),
      monitor: part("monitor"), evaluations: part("evaluations"), sources: sources,
      damaged: part("damaged"))
  }

  static func == (a: GatheredFile, b: GatheredFile) -> Bool {
    a.runs == b.runs && a.rounds == b.rounds && a.monitor == b.monitor
      && a.evaluations == b.evaluations && a.sources == b.sources && a.damaged == b.damaged
  }

  private final class Index {
    private(set) var rows: [String: Int] = [:]
    private(set) var parts: [String: [String: Table]] = [:]
    private var isMade = false

    func make(_ file: GatheredFile) {
      guard !isMade else { return }
      isMade = true
      for (row, path) in file.runs.texts("path").enumerated() { rows[path] = row }
      parts = [
        "rounds": file.rounds, "monitor": file.monitor, "evaluations": file.evaluations,
        "sources": file.sources, "damaged": file.damaged,
      ].mapValues { $0.grouped(by: "run") }
    }
  }
}
