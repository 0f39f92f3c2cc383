import ArgumentParser
import Catalogues
import Foundation
import Gathering
import Jobs

/// What runs have measured so far: a table for a person, or files for other programs.
struct ResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Print what runs' monitors have measured, or write it as CSV or for TensorBoard.",
    discussion: """
      Runs may be unfinished. --to NAME.csv writes a row a round, and the figures of evaluations into \
      NAME-evaluations.csv. --to FOLDER/ writes TensorBoard's event files, a folder a run; where one \
      has the beginning of its run, what is new is added.
      """)

  @Argument(
    help: ArgumentHelp("Folders of runs or sweeps, or job or sweep files.", valueName: "runs"),
    completion: .directory)
  var paths: [String]
  @Option(
    help: ArgumentHelp(
      "A table (.csv), or a folder for TensorBoard (a name that ends with /, or has no ending).",
      valueName: "csv-or-folder"))
  var to: String?
  @Flag(help: "Replace tables that are there, and event files that have other figures.")
  var overwrite = false

  func validate() throws {
    guard to != nil || !overwrite else { throw ValidationError("--overwrite goes with --to") }
  }

  func run() throws {
    let output = try to.map(Self.output)
    if case .tables(let tables)? = output { try check(tables) }
    let found = try RunFigures.find(paths, warn: Console.complain)
    var damaged = found.damaged.count
    found.damaged.forEach(Console.complain)
    guard !found.runs.isEmpty else {
      if damaged > 0 { throw ExitCode.failure }
      throw JobError(
        path: paths[0], message: "there are no results here yet; they come with the first round")
    }
    switch output {
    case nil: show(found.runs)
    case .tables(let tables)?:
      try tables.write(found.runs, warn: Console.complain) { message in
        damaged += 1
        Console.complain(message)
      }
      Console.line(tables.path)
      Console.line(tables.evaluations)
    case .tensorBoard(let folder)?:
      try folder.write(found.runs, overwrite: overwrite).forEach(Console.line)
    }
    if found.without > 0 {
      Console.complain("\(counted(found.without, "run", ("has", "have"))) no results yet")
    }
    if damaged > 0 { throw ExitCode.failure }
  }

  private enum Output {
    case tables(CSVTables)
    case tensorBoard(TensorBoardFolder)
  }

  /// What a name asks for, by its ending.
  private static func output(_ name: String) throws -> Output {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
    if name.hasSuffix(".csv") {
      guard !isFolder.boolValue else {
        throw JobError(
          path: name, message: "is a folder; --to names a table, such as \(name)/results.csv")
      }
      return .tables(CSVTables(name))
    }
    let ending = URL(fileURLWithPath: name).pathExtension
    guard !name.isEmpty, isFolder.boolValue || name.hasSuffix("/") || ending.isEmpty else {
      throw ValidationError(
        "--to \(name): a name that ends with .csv is a table, one that ends with / a folder for "
          + "TensorBoard")
    }
    return .tensorBoard(TensorBoardFolder(name))
  }

  /// Throws where a table is there and may not be replaced.
  private func check(_ tables: CSVTables) throws {
    for file in [tables.path, tables.evaluations]
    where !overwrite && FileManager.default.fileExists(atPath: file) {
      throw JobError(path: file, message: "already exists; give another name or --overwrite")
    }
  }

  /// A table of accuracies for each run.
  private func show(_ runs: [RunFigures]) {
    for (place, run) in runs.enumerated() {
      if runs.count > 1 { Console.line((place > 0 ? "\n" : "") + "\(run.name):") }
      show(run.results, of: run.path)
    }
  }

  private func show(_ results: Results, of path: String) {
    var columns: [String] = []
    var rows: [(round: Int, cells: [String: Double])] = []
    for (round, figure) in results.measurements {
      let column = "\(figure.data) \(figure.modality)"
      if !columns.contains(column) { columns.append(column) }
      if rows.last?.round != round { rows.append((round, [:])) }
      rows[rows.count - 1].cells[column] = figure.accuracy
    }
    guard !rows.isEmpty else {
      return Console.line("nothing was measured in \(RunFolder(path).resultsFile)")
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
