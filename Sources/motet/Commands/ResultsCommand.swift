import ArgumentParser
import Foundation
import Jobs

/// What a run has measured so far, as a table.
struct ResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results", abstract: "Print what a run's monitor has measured.")

  @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
  var path: String

  func run() throws {
    let file = RunFolder(path).resultsFile
    guard FileManager.default.fileExists(atPath: file) else {
      throw JobError(path: path, message: "there is no results.h5 here; give a run's folder")
    }
    let results = try Results(reading: file, warn: Console.complain)
    var columns: [String] = []
    var rows: [(round: Int, cells: [String: Double])] = []
    for (round, figure) in results.measurements {
      let column = "\(figure.data) \(figure.modality)"
      if !columns.contains(column) { columns.append(column) }
      if rows.last?.round != round { rows.append((round, [:])) }
      rows[rows.count - 1].cells[column] = figure.accuracy
    }
    guard !rows.isEmpty else {
      return Console.line("nothing was measured in \(file)")
    }
    Console.line("kNN accuracy, %")
    Console.line((["round"] + columns).map(padded).joined(separator: "  "))
    for row in rows {
      let cells = columns.map { column in
        row.cells[column].map { String(format: "%.2f", 100 * $0) } ?? "-"
      }
      let line = zip(["\(row.round)"] + cells, ["round"] + columns).map { cell, column in
        padded(cell, to: padded(column).count)
      }
      Console.line(line.joined(separator: "  "))
    }
  }

  private func padded(_ text: String) -> String { padded(text, to: 6) }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
