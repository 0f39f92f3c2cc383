import Catalogues
import Files
import Foundation
import Jobs
import Sweeps

/// How far a user's runs are: those in some folders, and those in Slurm's queue.
public struct StatusReport {
  /// Runs that go together: a sweep's, or one alone.
  private struct Group {
    /// Absolute.
    let folder: String
    /// Nil for a run alone.
    let sweep: String?
    let runs: [RunStatus]
  }

  private let groups: [Group]

  /// - Parameters:
  ///   - paths: folders of runs and sweeps, or of some of these; job and sweep files. Where there
  ///     are none: `runs` in the working folder, and what is queued.
  ///   - warn: told of what cannot be looked into, Slurm's queue too.
  public init(_ paths: [String], warn: (String) -> Void) throws {
    var queue: [String: [SlurmQueue.Entry]] = [:]
    if Slurm.isHere {
      do { queue = try SlurmQueue().entries } catch { warn("Slurm's queue is not known: \(error)") }
    }
    let folders: [String]
    if paths.isEmpty {
      folders = [FileSystem.resolved("runs")] + queue.keys.sorted()
    } else {
      folders = try paths.map { FileSystem.resolved(try RunSource.folder(of: $0)) }
      for (path, folder) in zip(paths, folders)
      where !FileManager.default.fileExists(atPath: folder) && queue[folder] == nil {
        throw JobError(
          path: path,
          message: "there is no run here, and none is queued for it; 'motet submit' or 'motet run'")
      }
    }
    let sources = try Self.sources(folders, areNamed: !paths.isEmpty, warn)
    var groups = try Self.bySweep(sources).map { folder, cells in
      try Self.group(folder, cells, queue[folder] ?? [], warn)
    }
    groups += sources.filter { $0.cell == nil }.map { source in
      let name = Self.relative(source.path)
      return Group(
        folder: source.path, sweep: nil,
        runs: [RunStatus(source.path, name: name, job: queue[source.path]?.first)])
    }
    // What is queued and has no files yet is known by the queue alone.
    let known = Set(groups.map(\.folder))
    groups += folders.filter { !known.contains($0) }.compactMap { folder in
      queue[folder].map { Self.group(folder, $0) }
    }
    self.groups = groups
  }

  /// The runs that have files. A folder that nobody named may have none.
  private static func sources(
    _ folders: [String], areNamed: Bool, _ warn: (String) -> Void
  ) throws -> [RunSource] {
    var seen: Set<String> = []
    return try folders.filter { FileManager.default.fileExists(atPath: $0) }.flatMap { folder in
      do {
        return try RunSource.find([folder], depth: 3, warn: warn, unreadable: warn)
      } catch {
        // One folder that cannot be read is no reason to say nothing of the others.
        guard areNamed else {
          if !(error is RunSource.None) { warn("\(error)") }
          return []
        }
        throw error
      }
    }.filter { seen.insert($0.path).inserted }
  }

  /// A run or a sweep of which the queue alone knows.
  private static func group(_ folder: String, _ entries: [SlurmQueue.Entry]) -> Group {
    let runs = entries.map { entry in
      RunStatus(folder, name: entry.task.map { "cell \($0)" } ?? relative(folder), job: entry)
    }
    let name = entries[0].task.map { _ in URL(fileURLWithPath: folder).lastPathComponent }
    return Group(folder: folder, sweep: name, runs: runs)
  }

  private static func bySweep(_ sources: [RunSource]) -> [(folder: String, cells: [RunSource])] {
    let cells = sources.filter { $0.cell != nil }
    let folders = Dictionary(grouping: cells) {
      FileSystem.parent(of: $0.path)
    }
    return folders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func group(
    _ folder: String, _ sources: [RunSource], _ entries: [SlurmQueue.Entry],
    _ warn: (String) -> Void
  ) throws -> Group {
    let manifest = try SweepManifest.read(in: folder)
    // What follows the rounds is the sweep file's to say.
    var sweep: Sweep?
    do { sweep = try manifest.file.map { try Sweep.load($0) } } catch {
      warn("\(error); whether its runs are evaluated is not known")
    }
    let runs = sources.compactMap { source -> RunStatus? in
      guard let cell = source.cell else { return nil }
      let own = sweep?.cells.first { $0.id == cell.id }
      return RunStatus(
        source.path, name: "\(cell.cell)  \(name(cell, own))", resolved: cell.job,
        job: entries.first { $0.task == cell.cell },
        following: own.flatMap { sweep?.following($0) })
    }
    return Group(folder: folder, sweep: manifest.name, runs: runs)
  }

  /// A cell's labels and its seed, or where it has no labels what the sweep sets.
  private static func name(_ cell: SweepManifest.Cell, _ own: SweepCell?) -> String {
    if let own, cell.labels.isEmpty { return own.summary }
    let seed = (try? Tree(json: cell.job))?["seed"]?.whole.map { ["seed \($0)"] } ?? []
    return (cell.labels.sorted { $0.key < $1.key }.map(\.value) + seed).joined(separator: ", ")
  }

  private static func relative(_ path: String) -> String {
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }

  /// A table for a person: of a sweep how many cells are how far, and a line for each that somebody
  /// may want to look at.
  /// - Parameter all: a line for every cell.
  public func lines(all: Bool = false) -> [String] {
    var lines: [String] = []
    if groups.isEmpty { lines.append("no runs here, and none in Slurm's queue") }
    for group in groups {
      if let sweep = group.sweep {
        lines.append("\(sweep), \(Self.relative(group.folder)): \(summary(group.runs))")
      }
      let shown = group.runs.filter { all || group.sweep == nil || $0.isOfInterest }
      lines += table(shown).map { group.sweep == nil ? $0 : "  \($0)" }
    }
    return lines
  }

  private func summary(_ runs: [RunStatus]) -> String {
    let words = runs.map(\.word)
    let order = [
      "finished", "running", "queued", "stopped", "failed", "damaged", "trained", "missing",
    ]
    let parts = order.compactMap { word -> String? in
      let count = words.count { $0 == word }
      return count == 0 ? nil : "\(count) \(word)"
    }
    return "\(counted(runs.count, "cell")): \(parts.joined(separator: ", "))"
  }

  private func table(_ runs: [RunStatus]) -> [String] {
    let cells = runs.map(\.columns)
    let widths = (0..<(cells.first?.count ?? 0)).map { column in
      cells.map { $0[column].count }.max() ?? 0
    }
    return cells.map { row in
      let line = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined(separator: "  ")
      return String(
        line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }
  }
}

extension RunStatus {
  /// The state in one word.
  var word: String {
    switch state {
    case .missing: "missing"
    case .queued: "queued"
    case .running: "running"
    case .stopped: "stopped"
    case .failed: "failed"
    case .damaged: "damaged"
    case .trained: "trained"
    case .finished: "finished"
    }
  }

  /// Whether somebody may want to look at it: it is at work, or it should be and is not.
  var isOfInterest: Bool {
    switch state {
    case .missing, .finished: false
    case .queued, .running, .stopped, .failed, .damaged, .trained: true
    }
  }

  /// Name, state, round, time that is left, last kNN, and what is to be said of the state.
  var columns: [String] {
    let isGoingOn = if case .running = state { true } else { false }
    let more =
      switch state {
      case .queued(let why): why
      case .running(let place): place
      case .failed(let message), .damaged(let message): message
      case .trained(let next): next
      case .missing, .stopped, .finished: ""
      }
    let batch = job.map { "job \($0.job)" + ($0.isRunning ? ", \($0.left) of its limit left" : "") }
    return [
      name, word, rounds == 0 ? "" : "round \(round)/\(rounds)",
      isGoingOn && round < rounds ? left.map { "\(clock($0)) left" } ?? "" : "",
      figures.map { "kNN \($0.data) \($0.modality) \(String(format: "%.2f", 100 * $0.accuracy)) %" }
        .joined(separator: ", "),
      [batch, more.isEmpty ? nil : more].compactMap { $0 }.joined(separator: ": "),
    ]
  }
}
