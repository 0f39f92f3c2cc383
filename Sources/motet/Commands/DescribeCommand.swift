import ArgumentParser
import Catalogues
import Datasets
import Downstream
import Encoders
import Federation
import Jobs
import Methods
import Submission
import Sweeps
import Training
import Views

/// What can be chosen, and what a job file comes to.
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract:
      "List what job and cluster files can say, or print a job with every setting filled in.",
    discussion: "Of a sweep file it prints what the sweep comes to, or one cell's job.")

  @Argument(help: "A job or sweep file (YAML).", completion: .file(extensions: ["yaml"]))
  var job: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Replace a setting, as in training.rate=0.1.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: "The file is a sweep's: take this cell, by number or id.")
  var cell: String?

  func run() throws {
    if job.count == 1, cell == nil, settings.isEmpty, Sweep.isSweep(job[0]) {
      let sweep = try Sweep.load(job[0], limit: Sweep.mostCells)
      return try SweepPlan(sweep).lines.forEach(Console.line)
    }
    if job.isEmpty {
      try describe(modalities)
      try describe(encoders)
      try describe(methods)
      try describe(lossTerms)
      try describe(optimizers)
      try describe(rateSchedules)
      try describe(partitioners)
      try describe(aggregators)
      try describe(clientSchedules)
      try describe(evaluationTasks)
      Console.line("  each: \(EvaluationSpec.roundKey)  \(EvaluationSpec.roundMeaning)")
      try describe(importers)
      let job = try Job.defaults()
      for (section, meanings) in Job.meanings {
        Console.line(section.isEmpty ? "job file:" : "\(section):")
        let defaults =
          section.isEmpty
          ? job.resolved.without(job.resolved.keys.filter { job.resolved[$0]?.mapping != nil })
          : job.section(section)
        OptionTable(meanings, defaults: defaults).lines(indent: "  ").forEach(Console.line)
      }
      Console.line("cluster file:")
      OptionTable(Cluster.meanings, defaults: try Tree(encoding: Cluster())).lines(indent: "  ")
        .forEach(Console.line)
      return
    }
    let job = try JobArguments.load(job, settings: settings, cell: cell)
    Console.write(job.yaml)
    let selection = job.selection
    let shapes = try job.modalityNames.map { name in
      let shape = try job.viewShape(of: name)
      return "\(name) \(shape.side) x \(shape.side) x \(shape.channels)"
    }
    Console.line(
      """
      # \(counted(job.model.layout.trainableCount, "parameter")); views: \(shapes.joined(separator: ", ")); \
      \(selection.count) of \(counted(job.clients.count, "client")) a round, at most \(counted(selection.count + 1, "rank"))
      # shards in \(job.shards)
      # results in \(job.results)
      """)
    warn(job)
  }

  /// What the job's data come to, where they are there.
  private func warn(_ job: Job) {
    guard let cut = try? job.partitions() else { return }
    for line in job.warningsOfSmallClients({ cut[$1]?.count($0) ?? 0 }) { Console.note(line) }
  }

  private func describe<Product>(_ catalogue: Catalogue<Product>) throws {
    Console.line("\(catalogue.kind):")
    for entry in catalogue.entries {
      Console.line("  \(entry.name): \(entry.summary)")
      OptionTable(entry.meanings, defaults: try entry.defaults()).lines(indent: "    ")
        .forEach(Console.line)
    }
  }
}
