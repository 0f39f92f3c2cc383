import Machines
import Sweeps

/// What follows a sweep's runs: `motet evaluate` and `motet embed`, as processes of their own on the
/// same ranks.
struct SweepStages {
  let evaluation: SweepEvaluation
  let all: [CellStage]
  private let sweep: Sweep

  /// Throws where the sweep's evaluations are not to be made as they are described.
  init(_ sweep: Sweep, launcher: [String]) throws {
    let evaluation = try SweepEvaluation(sweep, launcher: launcher)
    self.sweep = sweep
    self.evaluation = evaluation
    var all = [
      CellStage(
        "evaluate", isDone: evaluation.isDone, partners: sweep.partners, run: evaluation.evaluate)
    ]
    if let embeddings = sweep.embeddings {
      all.append(
        CellStage("embed", isDone: sweep.isEmbedded) { cell in
          try ChildProcess.run(
            launcher + [executablePath, "embed", cell.folder]
              + embeddings.options(of: cell).arguments)
        })
    }
    self.all = all
  }

  /// Whether all that follows a cell's run is there.
  func areDone(_ cell: SweepCell) -> Bool { evaluation.isDone(cell) && sweep.isEmbedded(cell) }
}
