import Catalogues
import Federation
import Foundation
import Jobs

/// A run's progress: on a terminal a bar in its last line, elsewhere one line a round.
final class ProgressDisplay: RunObserver {
  private let isTerminal = Console.isTerminal
  /// Wall time of this process's rounds so far, monitor included, for the time that is left.
  private var start = ContinuousClock.now
  private var trained = 0

  func note(_ line: String) { Console.complain(line) }

  func roundEnded(
    _ round: Int, of rounds: Int, _ report: RoundReport?, _ measured: [MonitorFigure]
  ) {
    guard let report else {
      start = .now
      return keep("round \(round)/\(rounds)  \(accuracies(measured))")
    }
    trained += 1
    let each = start.duration(to: .now) / .seconds(1) / Double(trained)
    let left = clock(each * Double(rounds - round))
    var parts = ["round \(round)/\(rounds)"]
    parts += report.losses.sorted { $0.key < $1.key }.map {
      "loss \($0.key) \(format($0.value, 4))"
    }
    let seconds = max(report.totalSeconds, 1e-9)
    parts += [
      "\(format(Double(report.clients.count) / seconds, 2)) clients/s",
      "\(format(Double(report.views) / seconds, 1)) views/s",
    ]
    if report.clientsWithoutSteps > 0 {
      parts.append("\(counted(report.clientsWithoutSteps, "client")) without steps")
    }
    for client in report.clientsLeftOut {
      note("round \(round): left out client \(client.client): \(client.divergence ?? "")")
    }
    if report.idleSeconds.count > 1 { parts.append("idle \(format(100 * report.idleShare, 0)) %") }
    let line = parts.joined(separator: "  ")
    if !measured.isEmpty {
      keep("\(line)  \(accuracies(measured))")
    } else if !isTerminal {
      keep("\(line)  left \(left)")
    }
    if isTerminal {
      let done = 24 * round / rounds
      let bar = String(repeating: "█", count: done) + String(repeating: "░", count: 24 - done)
      Console.write("\r\u{1B}[K\(bar) \(line)  left \(left)" + (round == rounds ? "\n" : ""))
    }
  }

  /// A line that stays.
  private func keep(_ line: String) {
    Console.write(isTerminal ? "\r\u{1B}[K\(line)\n" : line + "\n")
  }

  private func accuracies(_ measured: [MonitorFigure]) -> String {
    measured.map { "kNN \($0.data) \($0.modality) \(format(100 * $0.accuracy, 2)) %" }
      .joined(separator: "  ")
  }

  private func format(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
