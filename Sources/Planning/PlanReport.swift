import Catalogues
import Federation
import Foundation

/// A plan in lines for a person: every figure is the product of figures that stand above it.
struct PlanReport {
  private let plan: ExperimentPlan
  private(set) var lines: [String] = []

  init(_ plan: ExperimentPlan) {
    self.plan = plan
    lines.append("plan of \(plan.title)")
    addSpeeds()
    addCosts()
    addWork()
    addStates()
    for (layout, memory) in zip(plan.layouts, plan.memory) { add(layout, memory) }
    lines += [
      "",
      "not counted: reading and cutting data, broadcasts within a node, checkpoints, waiting in a queue;",
      "that many busy cores share a node's memory bandwidth and clock lower than one;",
      "monitor and evaluations of runs that are there already are counted as if they were not",
    ]
  }

  private mutating func addSpeeds() {
    let speeds = plan.speeds
    lines.append(
      "speeds \(speeds.path.map { "of \($0), " } ?? "measured here, ")\(speeds.processor), "
        + "\(speeds.instructionSet); seconds, on one core unless it says otherwise:")
    let known = Set(plan.cells.flatMap(\.cases)).sorted { ($0.rank, $0.key) < ($1.rank, $1.key) }
    for item in known {
      lines.append("  \(item.key): \(number(speeds.seconds[item.key] ?? .nan))")
    }
  }

  /// What a step costs, by its size, and what threads gain.
  private mutating func addCosts() {
    var seen: Set<String> = []
    for cell in plan.cells {
      let (step, batch) = (cell.step, cell.cell.job.training.batch)
      guard seen.insert("\(cell.stepCase.title) \(batch)").inserted else { continue }
      lines.append("a step of n samples, \(cell.stepCase.title): a + n b seconds, views apart")
      if step.a > 0
        || step.sizes.count == 2 && step.b != significant(step.times[1] / Double(step.sizes[1]), 5)
      {
        lines.append(
          "  b = (\(number(step.times[1])) - \(number(step.times[0]))) / (\(step.sizes[1]) - "
            + "\(step.sizes[0])) = \(number(step.b)); a = \(number(step.times[0])) - \(step.sizes[0]) b "
            + "= \(number(step.a))")
      } else {
        lines.append("  b = \(number(step.times.last!)) / \(batch) = \(number(step.b)); a = 0")
      }
      let threads = cell.threads
      lines.append(
        "  two threads: \(number(step.times.last!)) / "
          + "\(number(plan.speeds.seconds[SpeedCase.step(cell.stepCase, batch: batch, threads: 2).key] ?? .nan))"
          + " = \(number(threads.second)) times as fast. More were not measured: S(T) = "
          + "1 / (f + (1 - f) / T),")
      let (measured, serial) = (threads.measuredSerial, threads.serial)
      lines.append(
        "  extrapolated by Amdahl's law with f = 2 / \(number(threads.second)) - 1 = "
          + number(measured) + (measured == serial ? "" : ", taken as \(number(serial))"))
      if let warning = threads.warning { lines.append("  warning: \(warning)") }
    }
  }

  private mutating func addWork() {
    lines += ["", "work, on one core"]
    for cost in plan.cells {
      let seconds = cost.step.seconds(cost.workload.whole)
      lines.append(
        "  cell \(cost.cell.number) (\(cost.cell.summary)): \(counted(cost.workload.rounds.count, "round")), "
          + "\(counted(cost.workload.whole.steps, "step")), \(counted(cost.workload.whole.views, "view"))"
      )
      lines.append(
        "    \(cost.step.arithmetic(cost.workload.whole)) = \(number(seconds)) s = \(hours(seconds))"
      )
    }
    add("monitor", \.monitor)
    add("evaluations", \.evaluations)
    let training = plan.cells.reduce(0) { $0 + $1.step.seconds($1.workload.whole) }
    let monitor = plan.cells.reduce(0) { $0 + $1.monitor.seconds }
    let evaluations = plan.cells.reduce(0) { $0 + $1.evaluations.seconds }
    lines.append(
      "  in all: training \(hours(training)), monitor \(hours(monitor)), evaluations "
        + "\(hours(evaluations)): \(hours(training + monitor + evaluations)) of one core")
  }

  /// What runs whose clients keep something hold on disk; of all others nothing is said.
  private mutating func addStates() {
    func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
    for cost in plan.cells where cost.disk.clientStates > 0 {
      lines.append(
        "  cell \(cost.cell.number), on disk: at most \(mebibytes(cost.disk.clientStates)) of what "
          + "clients keep, \(mebibytes(cost.disk.checkpoints)) of checkpoints")
    }
  }

  /// The pieces of work that cells have in common, once for all of them.
  private mutating func add(_ title: String, _ items: KeyPath<CellCost, [WorkItem]>) {
    for (cells, own) in groups(items) where !own.isEmpty {
      lines.append("  \(title) of \(cells)")
      for item in own {
        lines.append("    \(item.title): \(item.arithmetic) = \(number(item.seconds)) s")
      }
      lines.append("    each: \(number(own.seconds)) s = \(hours(own.seconds))")
    }
  }

  /// "cell 1" or "cells 1, 3, 5" with the items that they share.
  private func groups(_ items: KeyPath<CellCost, [WorkItem]>) -> [(String, [WorkItem])] {
    var found: [(numbers: [Int], items: [WorkItem])] = []
    for cost in plan.cells {
      let own = cost[keyPath: items]
      if let index = found.firstIndex(where: { $0.items == own }) {
        found[index].numbers.append(cost.cell.number)
      } else {
        found.append(([cost.cell.number], own))
      }
    }
    return found.map { numbers, items in
      let list = numbers.map(String.init).joined(separator: ", ")
      return (numbers.count == 1 ? "cell \(list)" : "cells \(list)", items)
    }
  }

  private mutating func add(_ layout: Layout, _ memory: Int) {
    let (ranks, threads) = (layout.ranks, layout.threads)
    lines += [
      "",
      "\(counted(layout.nodes, "node")) of \(counted(layout.cores, "core")): "
        + "\(layout.places) of \(counted(plan.cells.count, "cell")) at a time, each on "
        + "\(counted(layout.coresOfCell, "core"))",
      "  pretraining on \(counted(layout.workers, "worker"))\(layout.workers == 1 ? "" : " and rank 0") "
        + "of \(counted(threads, "thread")) each; the busiest worker of each round, over all rounds:",
    ]
    for (index, cost) in plan.cells.enumerated() {
      let workload = plan.search.busiest[index][layout.workers]!
      let speed = cost.threads(threads)
      let monitor =
        cost.monitor.isEmpty
        ? "" : " + \(cost.monitor.wallArithmetic(ranks: ranks, speed: speed))"
      lines.append(
        "    cell \(cost.cell.number): (\(cost.step.arithmetic(workload)))"
          + (speed == 1 ? "" : " / \(number(speed))") + monitor
          + (layout.messages[index] > 0 ? " + \(number(layout.messages[index]))" : "")
          + " = \(number(layout.pretraining[index])) s = \(hours(layout.pretraining[index]))")
    }
    if plan.cells.contains(where: { !$0.evaluations.isEmpty }) {
      lines.append(
        "  evaluations on \(counted(layout.evaluationRanks, "rank")) "
          + "of \(counted(layout.evaluationThreads, "thread")) each:")
      for (cells, items) in groups(\.evaluations) where !items.isEmpty {
        let cost = plan.cells.first { $0.evaluations == items }!
        let speed = cost.threads(layout.evaluationThreads)
        let seconds = items.wall(ranks: layout.evaluationRanks, speed: speed)
        lines.append(
          "    \(cells): \(items.wallArithmetic(ranks: layout.evaluationRanks, speed: speed)) = "
            + "\(number(seconds)) s = \(hours(seconds)) each")
      }
    }
    addMessages(layout)
    lines += [
      "  wall time, longest cell first onto \(counted(layout.places, "place")): "
        + "pretraining \(hours(layout.pretrainingWall)), evaluations \(hours(layout.evaluationWall)), "
        + "in sum \(hours(layout.wall))",
      "  core-hours: \(number(hour(layout.reserved))) that cells hold (\(counted(layout.coresOfCell, "core")) × "
        + "\(number(hour(layout.reserved) / Double(layout.coresOfCell))) h), "
        + "\(number(hour(layout.wall) * Double(layout.nodes * layout.cores))) where whole nodes are billed",
      "  memory of pretraining: about \(memory >> 20) MiB a worker, \(counted(ranksOfNode(layout), "rank")) a node: at most "
        + "\(number(Double(memory * ranksOfNode(layout)) / 0x1p30)) GiB a node",
    ]
  }

  /// What goes between the nodes of a cell, by the model of a network.
  private mutating func addMessages(_ layout: Layout) {
    let nodes = layout.nodesOfCell
    guard nodes > 1, let first = plan.cells.first else { return }
    let network = plan.network
    lines.append(
      "  messages between \(counted(nodes, "node")), simulated (\(network.text)): a tree of "
        + "\(counted(Network.depth(nodes), "level")), in pieces of \(Network.piece >> 20) MiB")
    var seen: Set<RoundTraffic> = []
    for cost in plan.cells where seen.insert(cost.traffic).inserted {
      let (down, up) = (cost.traffic.down, cost.traffic.up)
      lines.append(
        "    a round: \(megabytes(down)) down in \(number(network.seconds(down, nodes: nodes))) s, "
          + "\(megabytes(up)) up in \(number(network.seconds(up, nodes: nodes))) s; rank 0 receives "
          + "\(counted(Network.depth(nodes), "sum")), however many clients there are"
          + (cost.traffic == first.traffic ? "" : " (cell \(cost.cell.number))"))
    }
  }

  private func megabytes(_ bytes: Int) -> String { "\(number(Double(bytes) * 1e-6)) MB" }

  private func ranksOfNode(_ layout: Layout) -> Int {
    min(layout.cores / layout.threads, layout.places * layout.ranks)
  }

  private func hour(_ seconds: Double) -> Double { seconds / 3600 }
  private func hours(_ seconds: Double) -> String { "\(String(format: "%.4g", hour(seconds))) h" }
}

extension ExperimentPlan {
  public var lines: [String] { PlanReport(self).lines }

  /// The figures, for programs. Times in seconds, memory in bytes; `speeds` is what `--speeds`
  /// reads.
  public var tree: Tree {
    [
      "title": .text(title), "speeds": speeds.tree,
      "cells": .list(
        cells.map { cost in
          [
            "cell": .whole(cost.cell.number), "summary": .text(cost.cell.summary),
            "rounds": .whole(cost.workload.rounds.count),
            "steps": .whole(cost.workload.whole.steps),
            "samples": Tree(cost.workload.whole.samples.map { ($0, .whole($1)) }),
            "views": .whole(cost.workload.whole.views),
            "training_core_seconds": .number(cost.step.seconds(cost.workload.whole)),
            "monitor_core_seconds": .number(cost.monitor.seconds),
            "evaluation_core_seconds": .number(cost.evaluations.seconds),
          ]
        }),
      "layouts": .list(
        zip(layouts, memory).map { layout, memory in
          [
            "nodes": .whole(layout.nodes), "cores": .whole(layout.cores),
            "cells_at_a_time": .whole(layout.places), "workers": .whole(layout.workers),
            "threads": .whole(layout.threads),
            "evaluation_ranks": .whole(layout.evaluationRanks),
            "evaluation_threads": .whole(layout.evaluationThreads),
            "pretraining_seconds": .list(layout.pretraining.map { .number($0) }),
            "message_seconds": .list(layout.messages.map { .number($0) }),
            "evaluation_seconds": .list(layout.evaluations.map { .number($0) }),
            "pretraining_wall_seconds": .number(layout.pretrainingWall),
            "evaluation_wall_seconds": .number(layout.evaluationWall),
            "wall_seconds": .number(layout.wall),
            "reserved_core_seconds": .number(layout.reserved), "worker_bytes": .whole(memory),
          ]
        }),
    ]
  }
}
