import Checkpoints
import Files
import Foundation
import HDF5
import Jobs

/// What has become of a cell, by the files in its folder.
public enum CellState: Equatable, Sendable {
  case missing
  /// Begun, with this many complete rounds in a checkpoint.
  case unfinished(rounds: Int)
  /// The last attempt ended with this.
  case failed(String)
  /// All rounds are done, what follows them is not.
  case trained
  case finished

  /// - Parameter isEvaluated: whether what follows the run has been done.
  public init(_ cell: SweepCell, isEvaluated: (SweepCell) -> Bool) {
    let rounds = CheckpointFolder(cell.folder).rounds().first
    let isTrained = rounds == cell.job.federation.rounds
    if isTrained, isEvaluated(cell) {
      self = .finished
    } else if let failure = RunFailure.read(in: cell.folder) {
      self = .failed("\(failure.stage): \(failure.message)")
    } else if isTrained {
      self = .trained
    } else if let rounds {
      self = .unfinished(rounds: rounds)
    } else {
      self = .missing
    }
  }

  /// Whether a run's folder holds its last checkpoint, whole, and its results.
  static func isTrained(_ folder: String, rounds: Int) -> Bool {
    let last = CheckpointFolder(folder).file(round: rounds)
    guard FileManager.default.fileExists(atPath: RunFolder(folder).resultsFile),
      FileManager.default.fileExists(atPath: last)
    else { return false }
    return (try? HDF5File.openSealed(last)) != nil
  }
}

extension Sweep {
  /// The finished run of the same job in another sweep that a cell without a run of its own can use.
  func reusable(_ cell: SweepCell) -> String? {
    guard !FileManager.default.fileExists(atPath: cell.folder) else { return nil }
    return reuse.lazy.compactMap { SweepFolder($0).run(id: cell.id) }
      .first { CellState.isTrained($0, rounds: cell.job.federation.rounds) }
  }
}
