import Catalogues
import Datasets
import Evaluation
import Federation
import Foundation
import Jobs
import Views

/// What one cell costs: its work, and the seconds of each piece of it on one core.
struct CellCost {
  let cell: PlannedCell
  let workload: CellWorkload
  let step: StepCost
  let threads: ThreadSpeed
  let disk: DiskPlan
  let traffic: RoundTraffic
  let stepCase: SpeedCase.StepCase
  /// Of the monitor, over all rounds.
  let monitor: [WorkItem]
  let evaluations: [WorkItem]
  /// What the cell asked of the machine: the speeds in its costs.
  let cases: [SpeedCase]

  /// The speeds that a cell's costs are made of.
  static func cases(_ cell: PlannedCell, _ facts: StoreFacts) throws -> [SpeedCase] {
    let step = try SpeedCase.StepCase(cell.job)
    let batch = cell.job.training.batch
    var cases = StepCost.sizes(batch: batch).map { SpeedCase.step(step, batch: $0, threads: 1) }
    cases.append(.step(step, batch: batch, threads: 2))
    cases += try views(cell.job, facts).values.map { .view($0) }
    _ = try EvaluationCost(
      cell.job, facts,
      {
        cases.append($0)
        return 0
      }
    ).all(cell)
    return cases
  }

  init(_ cell: PlannedCell, _ workload: CellWorkload, _ facts: StoreFacts, _ speeds: Speeds) throws
  {
    self.cell = cell
    self.workload = workload
    cases = try Self.cases(cell, facts)
    let batch = cell.job.training.batch
    let step = try SpeedCase.StepCase(cell.job)
    stepCase = step
    disk = try DiskPlan(cell.job)
    let model = cell.job.model
    traffic = RoundTraffic(
      model.layout, try cell.job.aggregator.channels(model.layout, target: model.target),
      measuresDrift: cell.job.monitor.drift)
    self.step = try StepCost(
      step, batch: batch, views: try Self.views(cell.job, facts), speeds)
    threads = ThreadSpeed(
      one: try speeds.of(.step(step, batch: batch, threads: 1)),
      two: try speeds.of(.step(step, batch: batch, threads: 2)))
    (monitor, evaluations) = try EvaluationCost(cell.job, facts, speeds.of).all(cell)
  }

  /// The training views by modality.
  private static func views(
    _ job: Job, _ facts: StoreFacts
  ) throws -> [String: SpeedCase.ViewCase] {
    try job.data.reduce(into: [:]) { views, source in
      let settings = try job.viewSettings(source.key)
      views[source.key] = try facts.view(job, settings, source.value, source.key)
    }
  }

  var pretrainingSeconds: Double { step.seconds(workload.whole) + monitor.seconds }

  /// The wall time of pretraining on so many workers, with rank 0 beside more than one.
  func pretraining(_ busiest: ClientWorkload, ranks: Int, threads count: Int) -> Double {
    let speed = threads(count)
    return step.seconds(busiest) / speed + monitor.wall(ranks: ranks, speed: speed)
  }

  /// Seconds of the broadcasts and sums of all rounds between so many nodes.
  func messages(nodes: Int, _ network: Network) -> Double {
    let each =
      network.seconds(traffic.down, nodes: nodes) + network.seconds(traffic.up, nodes: nodes)
    return each * Double(workload.rounds.count)
  }

  func evaluation(ranks: Int, threads count: Int) -> Double {
    evaluations.wall(ranks: ranks, speed: threads(count))
  }
}
