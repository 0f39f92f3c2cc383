import ArgumentParser
import Catalogues
import Foundation
import Jobs
import Machines
import Sweeps

/// A whole sweep on this machine.
struct SweepRunCommand: StoppableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a sweep here, one cell after the other. The same command continues.",
    discussion: """
      What is finished stays; what is missing, unfinished or failed is run. A cell that fails does \
      not end the sweep. A signal ends it after the steps in training, with the exit code \
      \(StopSignal.exitCode).
      """)

  @OptionGroup var arguments: SweepArguments
  @OptionGroup var launching: LauncherArguments

  @Flag(help: "Check everything and print what would be done.")
  var dryRun = false

  func run() throws {
    let sweep = try arguments.load()
    let launcher = try launching.words()
    let plan = try SweepPlan(sweep)
    plan.lines.forEach(Console.line)
    if dryRun { return }
    try plan.requireSamples()
    let runner = CellRunner(sweep, launcher: launcher)
    var finished = 0
    var busy = 0
    var failures: [String] = []
    for cell in sweep.cells {
      let title = "cell \(cell.number) of \(sweep.cells.count), \(cell.id): \(cell.summary)"
      switch try run(cell, runner, title) {
      case .finished, .wasFinished: finished += 1
      case .busy: busy += 1
      case .failed(let message): failures.append("cell \(cell.number), \(cell.id): \(message)")
      case .stopped:
        Console.complain("stopped by a signal in cell \(cell.number); the same command continues")
        throw ExitCode(StopSignal.exitCode)
      }
    }
    failures.forEach(Console.complain)
    Console.line(
      "\(sweep.name): \(finished) of \(counted(sweep.cells.count, "cell")) finished"
        + (failures.isEmpty ? "" : ", \(failures.count) failed; the same command tries them again")
        + (busy > 0 ? ", \(busy) are with another process" : ""))
    if !failures.isEmpty { throw ExitCode.failure }
  }

  private func run(
    _ cell: SweepCell, _ runner: CellRunner, _ title: String
  ) throws -> CellRunner.Outcome {
    Console.line(title)
    let outcome = try runner.run(cell, waits: false)
    switch outcome {
    case .wasFinished: Console.line("cell \(cell.number): finished before")
    case .busy: Console.line("cell \(cell.number): another process is at it")
    case .finished, .stopped, .failed: break
    }
    return outcome
  }
}
