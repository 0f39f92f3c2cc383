import ArgumentParser
import Foundation
import Machines
import Sweeps

/// Several runs from one file.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Runs that differ in some settings, from one file, and what follows each.",
    subcommands: [
      SweepExpandCommand.self, SweepRunCommand.self, SweepStatusCommand.self, SweepCellCommand.self,
    ])
}

extension CellRunner {
  /// A runner whose stages are processes of this program.
  init(_ sweep: Sweep, launcher: [String]) {
    self.init(
      sweep, launcher: launcher, executable: ChildProcess.ownProgram, note: Console.line)
  }
}
