import ArgumentParser
import Foundation
import Jobs
import Submission
import Sweeps

/// A job or a sweep, given to Slurm.
struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Submit a job, or what is left of a sweep, to Slurm.",
    discussion: """
      Ranks, memory and time are worked out as 'motet plan' does it, from speeds measured here unless \
      the cluster's file names some. A sweep is an array of the cells that are not finished, and a job \
      after it that gathers them into results.h5 in the sweep's folder. At its time limit a run is \
      requeued and goes on. Options of sbatch follow after --, as in '-- --mail-type=END'.
      """)

  @Argument(help: "A job or sweep file (YAML).", completion: .file(extensions: ["yaml"]))
  var file: String
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Of a job: replace a setting.", valueName: "key=value"))
  var settings: [String] = []
  @Flag(help: "Of a job: start over; a run that is there is moved aside.")
  var fresh = false
  @Flag(help: "Of a sweep: more than \(Sweep.mostCells) cells are meant.")
  var yes = false
  @Option(help: "Ranks of each run; if not given, as many as find work and cores.")
  var ranks: Int?
  @Option(help: ArgumentHelp("The time limit, instead of the plan's.", valueName: "hh:mm:ss"))
  var time: String?
  @Option(help: ArgumentHelp("Of a sweep: cells that run at a time.", valueName: "count"))
  var atOnce: Int?
  @OptionGroup var clusterArguments: ClusterArguments
  @Flag(help: "Print the scripts and submit nothing.")
  var print = false
  @Argument(parsing: .postTerminator, help: ArgumentHelp("Options of sbatch, after --."))
  var sbatch: [String] = []

  func validate() throws {
    if let ranks, ranks < 1 { throw ValidationError("--ranks \(ranks): at least 1") }
    if let atOnce, atOnce < 1 { throw ValidationError("--at-once \(atOnce): at least 1") }
  }

  func run() throws {
    let cluster = try clusterArguments.load()
    var choices = Submission.Choices()
    (choices.ranks, choices.time, choices.atOnce) = (ranks, time, atOnce)
    (choices.sbatch, choices.fresh) = (sbatch, fresh)
    let submission = try submission(cluster, choices)
    guard !print else { return Console.write(submission.text) }
    if let file = clusterArguments.file { Console.line("cluster as in \(file)") }
    submission.lines.forEach(Console.line)
    try submission.submit(told: Console.line)
  }

  private func submission(
    _ cluster: Cluster, _ choices: Submission.Choices
  ) throws -> Submission {
    func measuring(_ what: String) { Console.note("measuring \(what)") }
    guard Sweep.isSweep(file) else {
      guard atOnce == nil, !yes else {
        throw ValidationError("this is a job; --at-once and --yes are for sweeps")
      }
      return try Submission(
        job: try Job.load(file, settings: settings), settings: settings, on: cluster, choices,
        progress: measuring)
    }
    guard settings.isEmpty, !fresh else {
      throw ValidationError("this is a sweep; --set and --fresh are for jobs")
    }
    return try Submission(
      sweep: try Sweep.load(file, limit: yes ? nil : Sweep.mostCells), on: cluster, choices,
      progress: measuring)
  }
}
