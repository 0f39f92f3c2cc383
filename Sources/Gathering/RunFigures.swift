import Catalogues
import Files
import Foundation
import HDF5
import Jobs
import Sweeps

/// What a run has measured, for a person and for other programs. The run may go on meanwhile.
public struct RunFigures {
  /// The end of its path, of as many parts as tell it from the runs beside it.
  public let name: String
  /// Absolute.
  public let path: String
  public let results: Results
  /// When the results were written, in seconds since 1970.
  let modified: Double
  /// Of a sweep's cell, what tells it from the others: `label.NAME`, `seed`.
  let cell: [String: Table.Value]

  /// The runs that were found, and what was not read.
  public struct Found {
    public fileprivate(set) var runs: [RunFigures] = []
    /// Damaged files, each with what is wrong, in one line.
    public fileprivate(set) var damaged: [String] = []
    /// Runs that have no results yet.
    public fileprivate(set) var without = 0
  }

  /// The results of the runs in `paths`: folders of runs or sweeps, or their files. Throws where a
  /// path has no run.
  public static func find(_ paths: [String], warn: (String) -> Void) throws -> Found {
    var found = Found()
    let sources = try RunSource.find(
      paths.map { try RunSource.folder(of: $0) }, warn: warn,
      unreadable: { found.damaged.append($0) })
    let names = shortNames(sources.map(\.path))
    for (source, name) in zip(sources, names) {
      let file = RunFolder(source.path).resultsFile
      guard let stamp = FileStamp(of: file) else {
        found.without += 1
        continue
      }
      let results = try reading(
        { try Results(reading: file, warn: warn) }, damaged: { found.damaged.append($0) })
      guard let results else { continue }
      found.runs.append(
        RunFigures(
          name: name, path: source.path, results: results,
          modified: Double(stamp.modified) / 1e9, cell: cell(source)))
    }
    return found
  }

  /// What is read from a file; nil where it is damaged, of which `damaged` is told.
  private static func reading<Content>(
    _ read: () throws -> Content, damaged: (String) -> Void
  ) throws -> Content? {
    do { return try read() } catch let error as HDF5Error where error.isOutOfMemory {
      throw error
    } catch {
      damaged("\(error)")
      return nil
    }
  }

  private static func cell(_ source: RunSource) -> [String: Table.Value] {
    guard let cell = source.cell else { return [:] }
    var values: [String: Table.Value] = [:]
    for (name, text) in cell.labels { values["label.\(name)"] = .text(text) }
    if let seed = (try? Tree(json: cell.job))?["seed"]?.whole {
      values["seed"] = .whole(Int64(seed))
    }
    return values
  }

  /// The ends of absolute paths, of as few parts as tell them all apart.
  static func shortNames(_ paths: [String]) -> [String] {
    let parts = paths.map { $0.split(separator: "/") }
    func names(_ count: Int) -> [String] {
      parts.map { $0.suffix(count).joined(separator: "/") }
    }
    let most = parts.map(\.count).max() ?? 0
    let enough = (1..<max(most, 1)).first { Set(names($0)).count == paths.count }
    return names(enough ?? most)
  }

  /// A row a round, 0 too where the model was measured before it was trained. Columns are called as
  /// in the results file, what the monitor has by modality: `loss/image`, `accuracy/image`.
  var rounds: Table {
    var rows = Dictionary(
      results.rows.map { row in
        let counts = row.counts.mapValues { Table.Value.whole(Int64($0)) }
        return (row.round, counts.merging(row.reals.mapValues { .real($0) }) { $1 })
      }, uniquingKeysWith: { $1 })
    for (round, figure) in results.measurements {
      rows[round, default: [:]]["accuracy/\(figure.modality)"] = .real(figure.accuracy)
      rows[round]?["data/\(figure.modality)"] = .text(figure.data)
    }
    return Table(
      rows: rows.sorted { $0.key < $1.key }.map { round, row in
        row.merging(["round": .whole(Int64(round))]) { $1 }
      })
  }

  /// Figures of its evaluations, a row each.
  /// - Parameter damaged: told of files that cannot be read.
  func evaluations(warn: (String) -> Void, damaged: (String) -> Void) throws -> Table {
    let files = SourceFile.files(of: path, embeddings: false).map(\.name)
    return Table(
      joining: try files.filter { $0.hasPrefix("evaluations/") }.compactMap { name in
        try Self.reading(
          { try EvaluationTable.read("\(path)/\(name)", name: name, warn: warn) }, damaged: damaged)
      })
  }
}
