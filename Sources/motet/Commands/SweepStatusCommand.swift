import ArgumentParser
import Catalogues
import Foundation
import Sweeps

/// How far a sweep is.
struct SweepStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far each cell of a sweep is.")

  @OptionGroup var arguments: SweepArguments

  func run() throws {
    let sweep = try arguments.load()
    let states = sweep.cells.map(sweep.state)
    for (cell, state) in zip(sweep.cells, states) {
      Console.line("\(cell.number)  \(cell.id)  \(text(state, cell))  \(cell.summary)")
    }
    let finished = states.count { $0 == .finished }
    Console.line("\(sweep.name): \(finished) of \(counted(states.count, "cell")) finished")
  }

  private func text(_ state: CellState, _ cell: SweepCell) -> String {
    switch state {
    case .missing: "missing"
    case .unfinished(let rounds): "round \(rounds)/\(cell.job.federation.rounds)"
    case .outdated: "of other data"
    case .damaged: "damaged (its last checkpoint)"
    case .failed(let message): "failed (\(message))"
    case .trained(next: .evaluate): "not evaluated"
    case .trained(next: .embed): "not embedded"
    case .finished: "finished"
    }
  }
}
