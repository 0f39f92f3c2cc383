import Catalogues
import Checkpoints
import Downstream
import Files
import Foundation
import HDF5
import Jobs

/// What is done of a sweep, by the files in its cells' folders and by its data: whoever asks, asks
/// here.
extension Sweep {
  /// How far a cell is. Where its rounds seem to be done, the last checkpoint is read whole and
  /// compared with its checksum: a damaged one is to be trained again.
  public func state(of cell: SweepCell) -> CellState {
    let rounds = CheckpointFolder(cell.folder).rounds().first
    if let rounds, isOutdated(cell, round: rounds) { return .outdated }
    let isDue = rounds == cell.job.federation.rounds && RunFolder(cell.folder).isMeasured(cell.job)
    let isAtEnd = isDue && isLastWhole(cell.folder, cell.job)
    let left = CellStage.allCases.first { !isDone($0, of: cell) }
    if isAtEnd, left == nil { return .finished }
    if let failure = RunFailure.read(in: cell.folder) {
      return .failed("\(failure.stage): \(failure.message)")
    }
    if isAtEnd, let left { return .trained(next: left) }
    if isDue { return .damaged }
    return rounds.map { .unfinished(rounds: $0) } ?? .missing
  }

  /// Whether a cell's run is complete: its last checkpoint is whole and of the data that there are
  /// now, and its results are there.
  func isTrained(_ cell: SweepCell) -> Bool { isTrained(cell.folder, cell.job) }

  /// Whether a cell's folder has a run on other data.
  func isOutdated(_ cell: SweepCell) -> Bool {
    CheckpointFolder(cell.folder).rounds().first.map { isOutdated(cell, round: $0) } ?? false
  }

  private func isOutdated(_ cell: SweepCell, round: Int) -> Bool {
    let path = CheckpointFolder(cell.folder).file(round: round)
    guard let file = try? HDF5File.open(path) else { return false }
    return !isOfTheseData(file, cell.job)
  }

  /// Data that cannot be read now are taken for the same: they may lie on another machine.
  private func isOfTheseData(_ checkpoint: HDF5File, _ job: Job) -> Bool {
    guard let wanted = data.training(of: job) else { return true }
    return (try? checkpoint.textAttribute("shards")) == wanted
  }

  /// Whether a stage of a cell is done as the sweep asks for it now; also where it asks for
  /// nothing.
  func isDone(_ stage: CellStage, of cell: SweepCell) -> Bool {
    switch stage {
    case .evaluate: note(of: cell).map { areWhole($0) } ?? true
    case .embed: embeddings?.isDone(cell) ?? true
    }
  }

  /// Keeps that the command of a stage has ended well. Of embeddings their files say so.
  func setDone(_ stage: CellStage, of cell: SweepCell) throws {
    guard stage == .evaluate, let note = note(of: cell) else { return }
    let folder = FileSystem.parent(of: note)
    try FileSystem.makeFolder(folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let seals: [(String, Tree)] = names.filter { $0.hasSuffix(".h5") && !$0.hasPrefix(".") }
      .compactMap { name in
        (try? HDF5File.seal(of: "\(folder)/\(name)")).map { (name, .text($0)) }
      }
    try FileSystem.write(Tree(seals).json.utf8, to: note)
  }

  /// Whether the files that were there when a note was written are there, with the same seals.
  private func areWhole(_ note: String) -> Bool {
    let folder = FileSystem.parent(of: note)
    guard let bytes = FileSystem.contents(note),
      let files = try? Tree(json: String(decoding: bytes, as: UTF8.self)).mapping
    else { return false }
    return files.allSatisfy { name, seal in
      (try? HDF5File.seal(of: "\(folder)/\(name)")) == seal.text
    }
  }

  /// The finished run of the same job on the same data in another sweep that a cell without a run
  /// of its own can use.
  func reusable(_ cell: SweepCell) -> String? {
    guard !FileManager.default.fileExists(atPath: cell.folder) else { return nil }
    return reuse.lazy.compactMap { SweepFolder($0).run(id: cell.id) }
      .first { isTrained($0, cell.job) }
  }

  private func isTrained(_ folder: String, _ job: Job) -> Bool {
    RunFolder(folder).isMeasured(job) && isLastWhole(folder, job)
  }

  /// Whether a run's last checkpoint is there, whole, and of the data that there are now.
  private func isLastWhole(_ folder: String, _ job: Job) -> Bool {
    let last = CheckpointFolder(folder).file(round: job.federation.rounds)
    guard FileManager.default.fileExists(atPath: last), let file = try? HDF5File.openSealed(last)
    else { return false }
    // Somebody may have copied another cell's.
    guard let own = try? file.textAttribute("job"), job.isContinued(own, at: last) else {
      return false
    }
    return isOfTheseData(file, job)
  }

  /// The file that says that a cell has these evaluations; nil where it has none. Paths in them are
  /// relative to the sweep's file: its folder is part of what they say, and so are the data that
  /// they are measured on and those that partners were trained on.
  private func note(of cell: SweepCell) -> String? {
    let specs = evaluations(of: cell)
    guard !specs.isEmpty else { return nil }
    let home = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent()
    let stores = Set(specs.flatMap(EvaluationSpec.stores(of:))).filter { !$0.isEmpty }
    let measured = stores.sorted().map { store in
      (store, data.store(Job.absolute(store, beside: path)).map { Tree.text($0) })
    }
    let trained = partners(of: cell).map { partner in
      (partner.id, data.training(of: partner.job).map { Tree.text($0) })
    }
    let content: Tree = [
      "from": .text(home.path), "specs": .list(specs),
      "data": Tree((measured + trained).map { ($0, $1 ?? .null) }),
    ]
    return "\(cell.folder)/evaluations/sweep-\(content.digest).done"
  }
}
