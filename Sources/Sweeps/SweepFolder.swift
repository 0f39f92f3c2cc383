import Catalogues
import Files
import Foundation
import Jobs

/// The folder of a sweep: a run's folder for each cell, `NNN-ID`; shards that cells share,
/// `shards/ID`; and `sweep.json`, which says what the cells are.
struct SweepFolder {
  let path: String
  /// Names of runs that are there, by id.
  private let names: [String: String]

  init(_ path: String) {
    self.path = path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    self.names = names.sorted().reduce(into: [:]) { found, name in
      let parts = name.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, Int(parts[0]) != nil, parts[1].count == 12 else { return }
      found[String(parts[1])] = name
    }
  }

  /// A run's folder. One that is there keeps its name, though the sweep may have grown and the cell
  /// have another number now.
  func run(_ number: Int, of count: Int, id: String) -> String {
    let width = max(3, String(count).count)
    return "\(path)/\(names[id] ?? "\(padded(number, to: width))-\(id)")"
  }

  /// The folder of a run that is there, nil where there is none.
  func run(id: String) -> String? { names[id].map { "\(path)/\($0)" } }

  /// The folder of the shards that a job shares with all that cut the same data the same way.
  func shards(_ job: Job) -> String {
    let own = Tree(["data", "clients", "seed"].map { ($0, job.section($0)) })
    return "\(path)/shards/\(own.digest)"
  }
}
