import ArgumentParser
import Catalogues
import Foundation
import Jobs
import Machines
import Planning
import Sweeps

/// Time and memory before a job or a sweep is submitted.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Work out a job's or sweep's time and memory on some nodes, before it is submitted.",
    discussion: """
      Measures steps, views, inference and two threads on this machine, while nothing else should run, \
      counts the work from the real cut of the data (stores of 'motet data outline' will do), and \
      searches how many cells at a time, with how many workers and threads, take the least wall time. \
      Every figure is the product of figures printed above it.
      """)

  @Argument(help: "A job or sweep file (YAML).", completion: .file(extensions: ["yaml"]))
  var file: String
  @Option(parsing: .singleValue, help: "Nodes; give it again for more plans (default: 1).")
  var nodes: [Int] = []
  @Option(help: "Cores of a node; those of this machine if not given.")
  var cores: Int?
  @Option(
    name: .customLong("where"), parsing: .singleValue,
    help: ArgumentHelp(
      "Of a sweep, the cells with this setting or label alone, as in label.arch=R-18.",
      valueName: "key=value"))
  var conditions: [String] = []
  @Option(
    help: ArgumentHelp(
      "Take speeds from this file, what --json printed elsewhere, and measure nothing.",
      valueName: "json"), completion: .file(extensions: ["json"]))
  var speeds: String?
  @Option(help: "Of the network between nodes, as simulated: µs of a message.")
  var latency = Network.usual.latency * 1e6
  @Option(help: "The same: GB/s.")
  var bandwidth = Network.usual.bandwidth * 1e-9
  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for count in nodes where !(1...100_000).contains(count) {
      throw ValidationError("--nodes \(count) is outside 1 to 100000")
    }
    guard (0...1e6).contains(latency) else {
      throw ValidationError("--latency \(latency) is outside 0 to 1000000 µs")
    }
    guard (1e-3...1e6).contains(bandwidth) else {
      throw ValidationError("--bandwidth \(bandwidth) is outside 0.001 to 1000000 GB/s")
    }
    if let cores, !(1...1024).contains(cores) {
      throw ValidationError("--cores \(cores) is outside 1 to 1024")
    }
  }

  func run() throws {
    let known = try speeds.map { try Speeds.load($0) }
    let (title, cells) = try cells()
    let plan = try ExperimentPlan(
      title, cells, nodes: nodes.isEmpty ? [1] : nodes, cores: cores ?? Machine().cores,
      speeds: known,
      network: Network(latency: latency * 1e-6, bandwidth: bandwidth * 1e9),
      progress: { Console.note("measuring \($0)") })
    guard json else { return plan.lines.forEach(Console.line) }
    plan.warnings.forEach(Console.complain)
    Console.line(plan.tree.prettyJSON)
  }

  private func cells() throws -> (title: String, [PlannedCell]) {
    guard Sweep.isSweep(file) else {
      guard conditions.isEmpty else {
        throw JobError(path: file, message: "this is a job, and --where chooses cells of a sweep")
      }
      let job = try Job.load(file)
      return ("\(job.name), a job", PlannedCell.ofJob(job))
    }
    let sweep = try Sweep.load(file, limit: Sweep.mostCells)
    let chosen = try PlannedCell.ofSweep(sweep, where: conditions)
    let filter = conditions.isEmpty ? "" : " (\(conditions.joined(separator: ", ")))"
    return (
      "\(sweep.name): \(chosen.count) of \(counted(sweep.cells.count, "cell"))\(filter)", chosen
    )
  }
}
