import ArgumentParser
import Foundation
import Sweeps

/// Several runs from one file.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Runs that differ in some settings, from one file, and what follows each.",
    subcommands: [
      SweepExpand.self, SweepRun.self, SweepStatus.self, SweepCellCommand.self,
    ])
}

extension CellRunner {
  /// A runner whose stages are processes of this program.
  init(_ sweep: Sweep, launcher: [String], _ stages: SweepStages) {
    self.init(
      sweep, launcher: launcher, executable: executablePath, stages: stages.all,
      note: Console.line)
  }
}
