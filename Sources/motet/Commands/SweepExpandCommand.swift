import ArgumentParser
import Foundation
import Jobs

/// A sweep's cells.
struct SweepExpandCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expand", abstract: "Print a sweep's cells: numbers, ids, settings.")

  @OptionGroup var arguments: SweepArguments

  @Flag(help: "As JSON, with each cell's whole job.")
  var json = false

  func run() throws {
    let sweep = try arguments.load()
    guard json else {
      for cell in sweep.cells { Console.line("\(cell.number)  \(cell.id)  \(cell.summary)") }
      return
    }
    let cells = sweep.cells.map { cell -> [String: Any] in
      [
        "cell": cell.number, "id": cell.id, "folder": cell.folder, "job": cell.job.resolved,
        "settings": Dictionary(uniqueKeysWithValues: cell.settings.map { ($0.key, $0.text) }),
        "labels": Dictionary(uniqueKeysWithValues: cell.labels.map { ($0.name, $0.text) }),
      ]
    }
    Console.line(
      jsonText(["name": sweep.name, "cells": cells, "evaluations": sweep.evaluations]))
  }
}
