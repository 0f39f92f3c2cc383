import ArgumentParser
import Jobs
import Sweeps

/// A job file and what replaces its settings.
struct JobArguments: ParsableArguments {
  @Argument(help: "The job file (YAML).", completion: .file(extensions: ["yaml"]))
  var job: [String]

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Replace a setting, as in training.rate=0.1.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "The file is a sweep's: take this cell, by number or id.")
  var cell: String?

  func load() throws -> Job { try Self.load(job, settings: settings, cell: cell) }

  static func load(_ files: [String], settings: [String], cell: String? = nil) throws -> Job {
    guard files.count == 1 else {
      throw JobError(
        path: files.joined(separator: " "),
        message: "these are \(files.count) job files; give one")
    }
    if let cell {
      guard settings.isEmpty else {
        throw JobError(
          path: files[0], message: "--set would make another cell of it; change the sweep file")
      }
      return try Sweep.load(files[0]).cell(cell).job
    }
    if Sweep.isSweep(files[0]) {
      throw JobError(
        path: files[0], message: "this is a sweep; use 'motet sweep', or take one cell by --cell")
    }
    return try Job.load(files[0], settings: settings)
  }
}
