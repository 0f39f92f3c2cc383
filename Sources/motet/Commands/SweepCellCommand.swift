import ArgumentParser
import Foundation
import Jobs
import Machines
import Sweeps

/// What one task of a Slurm array runs.
struct SweepCellCommand: StoppableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cell",
    abstract: "Run one cell of a sweep: its shards if missing, the run, what follows it.",
    discussion: """
      Where its evaluations join it with another cell's run, that is trained first, if need be. \
      The exit code \(StopSignal.exitCode) means: stopped by a signal, run it again.
      """)

  @Argument(help: "The sweep file (YAML).", completion: .file(extensions: ["yaml"]))
  var file: String
  @Argument(help: "The cell's number or id.")
  var cell: String
  @OptionGroup var launching: LauncherArguments

  func run() throws {
    // First of all: a limit may be so short that Slurm warns at once, and the cell is still to be
    // requeued.
    let sweep = try Sweep.load(file)
    let cell = try sweep.cell(cell)
    switch try CellRunner(sweep, launcher: launching.words()).run(cell, waits: true) {
    case .finished, .wasFinished:
      Console.line("cell \(cell.number), \(cell.id): finished")
    case .stopped: throw ExitCode(StopSignal.exitCode)
    case .failed(let message):
      throw JobError(path: file, message: "cell \(cell.number), \(cell.id): \(message)")
    case .busy:
      throw JobError(
        path: file, message: "cell \(cell.number), \(cell.id): another process is at it")
    }
  }
}
