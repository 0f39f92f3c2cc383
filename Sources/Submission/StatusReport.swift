import Catalogues
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
  ///   - paths: folders of runs and sweeps, or of some of these; job and sweep files.
  ///   - warn: told of what cannot be looked into, Slurm's queue too.
  public init(_ paths: [String], warn: (String) -> Void) throws {
    var queue: SlurmQueue?
    if Slurm.isHere {
      do { queue = try SlurmQueue() } catch { warn("Slurm's queue is not known: \(error)") }
    }
    var folders: [String] = []
    for path in paths { folders.append(try RunSource.folder(of: path)) }
    let queued = paths.isEmpty ? queue?.entries.keys.sorted() ?? [] : []
    if paths.isEmpty, FileManager.default.fileExists(atPath: "runs") { folders.append("runs") }
    // What is queued and has no files yet is known by the queue alone.
    var sources: [RunSource] = []
    for folder in folders + queued where FileManager.default.fileExists(atPath: folder) {
      do {
        sources += try RunSource.find([folder], depth: 3, warn: warn, unreadable: warn)
      } catch  where paths.isEmpty {}
    }
    for folder in paths.isEmpty ? [] : folders
    where !FileManager.default.fileExists(atPath: folder) && queue?.entries[folder] == nil {
      throw JobError(
        path: folder,
        message: "there is no run here, and none is queued for it; 'motet submit' or 'motet run'")
    }
    var seen: Set<String> = []
    sources = sources.filter { seen.insert($0.path).inserted }
    var groups: [Group] = []
    for (folder, cells) in Self.bySweep(sources) {
      groups.append(try Self.group(folder, cells, queue?.entries[folder] ?? []))
    }
    for source in sources where source.cell == nil {
      let name = Self.relative(source.path)
      let status = RunStatus(source.path, name: name, job: queue?.entries[source.path]?.first)
      groups.append(Group(folder: source.path, sweep: nil, runs: [status]))
    }
    let known = Set(groups.map(\.folder))
    let wanted = paths.isEmpty ? queued : folders
    for folder in wanted where !known.contains(folder) {
      guard let entries = queue?.entries[folder] else { continue }
      let runs = entries.map { entry in
        RunStatus(
          folder, name: entry.task.map { "cell \($0)" } ?? Self.relative(folder), job: entry)
      }
      groups.append(
        Group(folder: folder, sweep: entries[0].task == nil ? nil : folder, runs: runs))
    }
    self.groups = groups
  }

  private static func bySweep(_ sources: [RunSource]) -> [(folder: String, cells: [RunSource])] {
    let cells = sources.filter { $0.cell != nil }
    let folders = Dictionary(grouping: cells) {
      URL(fileURLWithPath: $0.path).deletingLastPathComponent().path
    }
    return folders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func group(
    _ folder: String, _ sources: [RunSource], _ entries: [SlurmQueue.Entry]
  ) throws -> Group {
    let manifest = try SweepManifest.read(in: folder)
    // What follows the rounds is the sweep file's to say, where it is still there.
    let sweep = manifest.file.flatMap { try? Sweep.load($0) }
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
    let order = ["finished", "running", "queued", "stopped", "failed", "trained", "missing"]
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
    case .trained: "trained"
    case .finished: "finished"
    }
  }

  /// Whether somebody may want to look at it: it is at work, or it should be and is not.
  var isOfInterest: Bool {
    switch state {
    case .missing, .finished: false
    case .queued, .running, .stopped, .failed, .trained: true
    }
  }

  /// Name, state, round, time that is left, last kNN, and what is to be said of the state.
  var columns: [String] {
    let isGoingOn = if case .running = state { true } else { false }
    let more =
      switch state {
      case .queued(let why): why
      case .running(let place): place
      case .failed(let message): message
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
