import Catalogues
import Datasets
import Foundation
import Jobs
import Machines

/// Time and memory of runs and their evaluations on some nodes, before any of it is submitted:
/// exact counts of work times speeds that were measured.
public struct ExperimentPlan {
  /// What is planned, as in "table2: 6 of 12 cells".
  let title: String
  let cores: Int
  let speeds: Speeds
  let cells: [CellCost]
  let search: LayoutSearch
  /// By number of nodes.
  let layouts: [Layout]
  /// Bytes of the largest worker of each layout.
  let memory: [Int]

  /// Throws the first error of the data.
  /// - Parameters:
  ///   - nodes: numbers of nodes, a layout each.
  ///   - cores: of a node.
  ///   - speeds: measured here where nil.
  ///   - progress: told what is measured.
  public init(
    _ title: String, _ planned: [PlannedCell], nodes: [Int], cores: Int, speeds: Speeds?,
    progress: (_ what: String) -> Void
  ) throws {
    self.title = title
    self.cores = cores
    let facts = StoreFacts()
    var cuts: [[String: String]: [String: Partition]] = [:]
    let workloads = try planned.map { cell in
      let key = try cell.job.shardPlan().entries()
      let cut = try cuts[key] ?? cell.job.partitions()
      cuts[key] = cut
      return (CellWorkload(cell.job, cut), cut)
    }
    let cases = try planned.map { try CellCost.cases($0, facts) }
    let measured = try speeds ?? Self.measure(planned, cases, progress)
    self.speeds = measured
    let cells = try zip(planned, workloads).map { try CellCost($0, $1.0, facts, measured) }
    self.cells = cells
    let search = LayoutSearch(cells)
    self.search = search
    layouts = nodes.map { search.best(nodes: $0, cores: cores) }
    memory = try layouts.map { layout in
      try Self.memory(planned, workloads.map(\.1), threads: layout.threads)
    }
  }

  /// What of the measurements cannot be true, each once.
  public var warnings: [String] {
    cells.compactMap(\.threads.warning).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func measure(
    _ planned: [PlannedCell], _ cases: [[SpeedCase]], _ progress: (String) -> Void
  ) throws -> Speeds {
    let machine = Machine()
    let first = try SpeedMeasurement(optimizer: planned[0].job.optimizer)
    var speeds = Speeds(processor: machine.processor, instructionSet: first.instructionSet)
    for (cell, own) in zip(planned, cases) {
      let measurement = try SpeedMeasurement(optimizer: cell.job.optimizer)
      for item in own where speeds.seconds[item.key] == nil {
        if case .step(_, _, 2) = item, machine.cores < 2 {
          throw JobError(
            path: cell.job.path,
            message: "two threads are measured, and \(machine.host) gives 1 core; give --speeds "
              + "from another machine")
        }
        progress(item.key)
        speeds.set(item.key, try measurement.measure(item))
      }
    }
    return speeds
  }

  /// The most that a worker of any of the cells needs, as a run would plan it.
  private static func memory(
    _ planned: [PlannedCell], _ cuts: [[String: Partition]], threads: Int
  ) throws -> Int {
    // What a step holds depends on these alone, and on the largest client.
    var largest: [[Tree]: (Job, samples: Int, bytes: Int)] = [:]
    for (cell, cut) in zip(planned, cuts) {
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
