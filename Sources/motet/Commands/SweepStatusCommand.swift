import ArgumentParser
import Catalogues
import Foundation
import Sweeps

/// How far a sweep is.
struct SweepStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far each cell of a sweep is.")

  @OptionGroup var arguments: SweepArguments

  @Flag(
    help: """
      Print the numbers of the cells that are not finished, as sbatch --array has them; an error \
      where the data are not such that they could run.
      """)
  var array = false

  @Flag(help: "Print the sweep's folder alone.")
  var folder = false

  func run() throws {
    let sweep = try arguments.load()
    if folder { return Console.line(sweep.folder) }
    let states = sweep.cells.map(sweep.state)
    if array {
      try SweepPlan(sweep).requireSamples()
      let left = zip(sweep.cells, states).filter { $1 != .finished }.map(\.0.number)
      return Console.line(ranges(left))
    }
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

  /// Ascending numbers as "1-3,7".
  private func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
