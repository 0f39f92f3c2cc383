import Downstream
import Foundation
import Jobs

/// What follows a cell's run, in this order: a command of Motet's, as a process of its own on the
/// ranks of the run.
public enum CellStage: String, CaseIterable, Sendable {
  case evaluate
  case embed

  /// What it makes lies there, in the run's folder.
  public var folder: String {
    switch self {
    case .evaluate: "evaluations"
    case .embed: "embeddings"
    }
  }
}

extension Sweep {
  /// The command of a stage of a cell, with its arguments; nothing where the sweep asks for none.
  func command(_ stage: CellStage, of cell: SweepCell) -> [String] {
    switch stage {
    case .evaluate:
      // With the run's threads and in its memory.
      let training = cell.job.training
      return ["evaluate", cell.folder, "--file", path, "--cell", cell.id]
        + ["--threads", "\(training.threads)"] + (training.recompute ? ["--recompute"] : [])
    case .embed:
      return embeddings.map { ["embed", cell.folder] + $0.options(of: cell).arguments } ?? []
    }
  }

  /// What is not done of what follows a cell's rounds, in words; nil where all is.
  public func following(_ cell: SweepCell) -> String? {
    switch CellStage.allCases.first(where: { !isDone($0, of: cell) }) {
    case nil: nil
    case .evaluate: "not evaluated"
    case .embed: "not embedded"
    }
  }

  /// The cells whose runs a stage needs beside this one's.
  func partners(_ stage: CellStage, of cell: SweepCell) -> [SweepCell] {
    switch stage {
    case .evaluate: partners(of: cell)
    case .embed: []
    }
  }
}
