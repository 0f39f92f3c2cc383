import ArgumentParser
import Experiments

/// A job file and what replaces its settings.
struct JobArguments: ParsableArguments {
  @Argument(help: "The job file (YAML).", completion: .file(extensions: ["yaml"]))
  var job: [String]

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Replace a setting, as in training.rate=0.1.", valueName: "key=value"))
  var settings: [String] = []

  func load() throws -> Job {
    guard job.count == 1 else {
      throw JobError(
        path: job.joined(separator: " "), message: "these are \(job.count) job files; give one")
    }
    return try Job.load(job[0], settings: settings)
  }
}
