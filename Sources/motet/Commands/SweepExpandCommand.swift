import ArgumentParser
import Catalogues

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
    let cells = sweep.cells.map { cell -> Tree in
      [
        "cell": .whole(cell.number), "id": .text(cell.id), "folder": .text(cell.folder),
        "job": cell.job.resolved,
        "settings": Tree(cell.settings.map { ($0.key, .text($0.text)) }),
        "labels": Tree(cell.labels.map { ($0.name, .text($0.text)) }),
      ]
    }
    let tree: Tree = [
      "name": .text(sweep.name), "cells": .list(cells), "evaluations": .list(sweep.evaluations),
    ]
    Console.line(tree.json)
  }
}
