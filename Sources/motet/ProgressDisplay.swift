import Catalogues
import Federation
import Foundation
import Jobs
import Machines

/// A run's progress: on a terminal a few lines that are written anew, elsewhere one line a round.
final class ProgressDisplay: RunObserver {
  private let isTerminal = Console.isTerminal
  private var block = LiveBlock()
  private var lines: [String] = []
  /// Wall time of this process's rounds so far, monitor included, for the time that is left.
  private var start = ContinuousClock.now
  private var trained = 0
  /// When Slurm ends the job, in seconds since 1970; nil where nobody says.
  private let limit = ProcessInfo.processInfo.environment["SLURM_JOB_END_TIME"]
    .flatMap(Int.init).map(Double.init)
  private var isWarned = false

  func note(_ line: String) {
    show([])
    Console.complain(line)
    show(lines)
  }

  func roundEnded(
    _ round: Int, of rounds: Int, _ report: RoundReport?, _ measured: [MonitorFigure],
    _ results: Results
  ) {
    var progress = RunProgress(round: round, of: rounds)
    progress.measured = measured
    progress.history = results.measurements.map(\.1)
    if let report {
      trained += 1
      progress.pace = start.duration(to: .now) / .seconds(1) / Double(trained)
      progress.limit = limit.map { $0 - Date().timeIntervalSince1970 }
      progress.losses = report.losses
      let seconds = max(report.totalSeconds, 1e-9)
      progress.speed = (Double(report.clients.count) / seconds, Double(report.views) / seconds)
      progress.clientsWithoutSteps = report.clientsWithoutSteps
      progress.idleShare = report.idleSeconds.count > 1 ? report.idleShare : nil
      for client in report.clientsLeftOut {
        note("round \(round): left out client \(client.client): \(client.divergence ?? "")")
      }
    } else {
      start = .now
    }
    guard !isTerminal else {
      lines = progress.block.map(\.oneLine)
      return show(lines)
    }
    Console.line(progress.line)
    if let warning = progress.warning, !isWarned {
      note(warning)
      isWarned = true
    }
  }

  private func show(_ lines: [String]) {
    guard isTerminal else { return }
    Console.write(block.replacing(by: lines, width: Console.width))
  }
}
