import Foundation
import HDF5
import Sweeps

/// Any number of runs in one file of tables.
///
/// `/runs` has a row for each run, every resolved setting a column; `/rounds`, `/monitor` and
/// `/evaluations` refer to it by `run`. `/sources` has the files that were read, by which a second
/// gathering knows what has changed; `/damaged` those that could not be. Each table is a group of
/// one-dimensional data sets of equal length. Where a row has no value of a column, it is not a
/// number, -1 or an empty text.
public struct Gather {
  public static let format = FileFormat("motet gathered", version: 1)

  /// What gathering came to.
  public struct Summary: Equatable, Sendable {
    /// By state.
    public var runs: [String: Int] = [:]
    /// Runs that were read; of the others nothing had changed.
    public var read = 0
    public var evaluations = 0
    /// Damaged files, each with what is wrong, in one line.
    public var damaged: [String] = []
    /// Nothing was, where the file had all of this already.
    public var isWritten = false
  }

  /// Gathers the runs in `paths` into the file `target`, whole or not at all. What an earlier
  /// gathering left there saves reading what has not changed; runs that are not named now go.
  public static func gather(
    _ paths: [String], to target: String, embeddings: Bool = false, warn: (String) -> Void
  ) throws -> Summary {
    let earlier = try GatheredFile.open(target)
    var summary = Summary()
    let sources = try RunSource.find(
      paths, warn: warn, unreadable: { summary.damaged.append($0) })
    // By real path: a run that a sweep uses of another is there once, whatever leads to it.
    var runs: [String: GatheredRun] = [:]
    var order: [String] = []
    var owners: [String: String] = [:]
    var rows: [[String: Table.Value]] = []
    for source in sources {
      let real = URL(fileURLWithPath: source.path).resolvingSymlinksInPath().path
      if runs[real] == nil {
        let files = SourceFile.files(of: source.path, embeddings: embeddings)
        var run = earlier?.run(source.path, files)
        if run == nil {
          run = try GatheredRun(source.path, source.cell, files, warn: warn)
          summary.read += 1
        }
        let id = run!.id
        var number = 1
        while let owner = owners[run!.id], owner != real {
          number += 1
          run!.id = "\(id)-\(number)"
        }
        if number > 1 { warn("\(source.path): the same job as \(owners[id]!); \(run!.id) here") }
        owners[run!.id] = real
        runs[real] = run
        order.append(real)
      }
      rows.append(Self.row(source, runs[real]!))
    }
    let file = GatheredFile(runs: rows, order.map { runs[$0]! })
    for folder in order {
      let run = runs[folder]!
      for (name, message) in zip(run.damaged.texts("file"), run.damaged.texts("message")) {
        summary.damaged.append(message.contains(name) ? message : "\(folder)/\(name): \(message)")
      }
      summary.evaluations += run.evaluations.count
    }
    for state in file.runs.texts("state") { summary.runs[state, default: 0] += 1 }
    summary.isWritten = file != earlier
    if summary.isWritten {
      try file.save(target) { target in
        guard embeddings else { return }
        for path in order {
          let run = runs[path]!
          let damaged = Set(run.damaged.texts("file"))
          for name in run.sources.texts("file")
          where name.hasPrefix("embeddings/") && !damaged.contains(name) {
            try GatheredEmbeddings.copy("\(path)/\(name)", run: run.id, to: target)
          }
        }
      }
    }
    return summary
  }

  /// A row of `/runs`.
  private static func row(_ source: RunSource, _ run: GatheredRun) -> [String: Table.Value] {
    var row = run.row
    row["run"] = .text(run.id)
    row["path"] = .text(source.path)
    row["sweep"] = .text(source.sweep ?? "")
    row["cell"] = .whole(Int64(source.cell?.cell ?? -1))
    for (name, text) in source.cell?.labels ?? [:] { row["label.\(name)"] = .text(text) }
    return row
  }
}
