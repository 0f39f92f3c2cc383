import Catalogues
import Foundation

/// How far a run is, in words for whoever watches it.
public struct RunProgress {
  public let round: Int
  public let rounds: Int
  /// Of the round, by modality.
  public var losses: [String: Double] = [:]
  /// Clients and views a second in the round; nil before training.
  public var speed: (clients: Double, views: Double)?
  public var clientsWithoutSteps = 0
  /// The share of the workers' time that was idle; nil of one worker.
  public var idleShare: Double?
  /// Seconds of a round, measurements counted; nil before one was timed.
  public var pace: Double?
  /// Seconds to the time limit; nil where none is known.
  public var limit: Double?
  /// What was measured after the round.
  public var measured: [MonitorFigure] = []
  /// What was measured after all rounds so far.
  public var history: [MonitorFigure] = []

  public init(round: Int, of rounds: Int) {
    self.round = round
    self.rounds = rounds
  }

  /// Seconds to the last round's end.
  private var left: Double? { pace.map { $0 * Double(rounds - round) } }

  /// What is done when the time limit comes; nil where that is all, or nothing is known.
  private var roundAtLimit: Int? {
    guard let pace, let limit, let left, left > max(0, limit) else { return nil }
    return round + Int(max(0, limit) / pace)
  }

  /// That the run will not end before its time limit; nil where it will.
  public var warning: String? {
    roundAtLimit.map {
      "will stop at the time limit, at about round \($0) of \(rounds), and go on when run again"
    }
  }

  /// All in a line, for a file.
  public var line: String {
    (["round \(round)/\(rounds)"] + lossWords + speedWords + otherWords + timeWords
      + measured.map {
        "kNN \($0.data) \($0.modality) \(Self.percent($0.accuracy)) %"
      }).joined(separator: "  ")
  }

  /// Lines for a terminal.
  public var block: [String] {
    let done = rounds > 0 ? 20 * round / rounds : 20
    let bar = String(repeating: "█", count: done) + String(repeating: "░", count: 20 - done)
    let head = ["round \(round)/\(rounds)", bar] + timeWords
    return [head, lossWords + speedWords + otherWords].filter { !$0.isEmpty }
      .map { $0.joined(separator: "  ") } + curves + (warning.map { [$0] } ?? [])
  }

  /// A line for each data set: kNN accuracy over the rounds, the first and the last.
  private var curves: [String] {
    var sets: [(name: String, accuracies: [Double])] = []
    for figure in history {
      let name = "kNN \(figure.data) \(figure.modality)"
      if let place = sets.firstIndex(where: { $0.name == name }) {
        sets[place].accuracies.append(figure.accuracy)
      } else {
        sets.append((name, [figure.accuracy]))
      }
    }
    let width = sets.map(\.name.count).max() ?? 0
    return sets.map { name, accuracies in
      let ends = accuracies.count > 1 ? [accuracies[0], accuracies.last!] : accuracies
      return name.padding(toLength: width, withPad: " ", startingAt: 0)
        + "  \(sparkline(accuracies))  \(ends.map(Self.percent).joined(separator: " → ")) %"
    }
  }

  private var lossWords: [String] {
    losses.sorted { $0.key < $1.key }.map { String(format: "loss %@ %.4f", $0.key, $0.value) }
  }

  private var speedWords: [String] {
    speed.map {
      [String(format: "%.2f clients/s", $0.clients), String(format: "%.1f views/s", $0.views)]
    } ?? []
  }

  private var otherWords: [String] {
    let without =
      clientsWithoutSteps > 0 ? ["\(counted(clientsWithoutSteps, "client")) without steps"] : []
    return without + (idleShare.map { [String(format: "idle %.0f %%", 100 * $0)] } ?? [])
  }

  private var timeWords: [String] {
    (left.map { ["left \(clock($0))"] } ?? [])
      + (limit.map { ["limit in \(clock(max(0, $0)))"] } ?? [])
  }

  private static func percent(_ share: Double) -> String { String(format: "%.2f", 100 * share) }
}
