import Catalogues
import Datasets
import Jobs

/// Cells with their data cut into clients as a run would cut them.
struct CutCells {
  let cells: [PlannedCell]
  /// Of each cell, by modality.
  let cuts: [[String: Partition]]

  /// Throws the first error of the data.
  init(_ cells: [PlannedCell]) throws {
    self.cells = cells
    var known: [[String: String]: [String: Partition]] = [:]
    cuts = try cells.map { cell in
      let key = try cell.job.shardPlan().entries()
      let cut = try known[key] ?? cell.job.partitions()
      known[key] = cut
      return cut
    }
  }

  /// The most that a worker of any of the cells needs, as a run would plan it.
  func workerBytes(threads: Int) throws -> Int {
    // What a step holds depends on these alone, and on the largest client.
    var largest: [[Tree]: (Job, samples: Int, bytes: Int)] = [:]
    for (cell, cut) in zip(cells, cuts) {
      let job = cell.job
      let own = try MemoryPlan.largestClient(job) { cut[$1]?.count($0) ?? 0 }
      let key =
        ["encoder", "training", "method"].map(job.section)
        + [job.section("federation")["aggregator"] ?? .null]
      let other = largest[key]
      largest[key] = (
        job, max(own.samples, other?.samples ?? 0), max(own.bytes, other?.bytes ?? 0)
      )
    }
    return try largest.values.map { job, samples, bytes in
      // Of several ranks the first trains nobody; it measures.
      try [(isWorker: true, isRoot: false), (isWorker: false, isRoot: true)].map { rank in
        try MemoryPlan(
          job, isWorker: rank.isWorker, isRoot: rank.isRoot, largestClient: (samples, bytes)
        ).bytes(threads: threads)
      }.max()!
    }.max() ?? 0
  }
}
