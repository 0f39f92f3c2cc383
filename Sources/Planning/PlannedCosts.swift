import Jobs
import Machines

/// What cells cost, from the real cut of their data and from speeds that were measured.
struct PlannedCosts {
  let cells: [CellCost]
  let speeds: Speeds

  /// - Parameters:
  ///   - speeds: measured here where nil.
  ///   - progress: told what is measured.
  init(_ cut: CutCells, speeds: Speeds?, progress: (_ what: String) -> Void) throws {
    let facts = StoreFacts()
    let cases = try cut.cells.map { try CellCost.cases($0, facts) }
    let measured = try speeds ?? Self.measure(cut.cells, cases, progress)
    self.speeds = measured
    cells = try zip(cut.cells, cut.cuts).map { cell, cut in
      try CellCost(cell, CellWorkload(cell.job, cut), facts, measured)
    }
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
}
