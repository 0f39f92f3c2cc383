import Catalogues
import Downstream
import Foundation
import Jobs
import Sweeps

/// A run and what follows it, as a plan sees it: a sweep's cell, or a job by itself.
public struct PlannedCell {
  /// From 1.
  public let number: Int
  /// "method=FVSSL seed=1"; a job's name.
  public let summary: String
  let job: Job
  let evaluations: [EvaluationWorkload]
  /// Features that are written, after the evaluations and by themselves.
  let embeddings: [EvaluationWorkload]

  /// A job file's only run, which nothing follows.
  public static func ofJob(_ job: Job) -> [PlannedCell] {
    [PlannedCell(number: 1, summary: job.name, job: job, evaluations: [], embeddings: [])]
  }

  /// The cells of a sweep that have all of these settings or labels.
  /// - Parameter conditions: `key=value` texts, as in `label.arch=R-18`.
  public static func ofSweep(_ sweep: Sweep, where conditions: [String]) throws -> [PlannedCell] {
    let workloads = try EvaluationSpec.each(of: sweep).mapValues { try $0.workload() }
    return try sweep.cells(where: conditions).map { cell in
      PlannedCell(
        number: cell.number, summary: cell.summary, job: cell.job,
        evaluations: sweep.numberedEvaluations(of: cell).compactMap { workloads[$0.index] },
        embeddings: try sweep.embeddings?.options(of: cell).workloads() ?? [])
    }
  }
}
