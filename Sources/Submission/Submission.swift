import Catalogues
import Files
import Foundation
import HDF5
import Jobs
import Machines
import Planning
import Sweeps

/// What goes to the batch system for a job or a sweep: a run, or an array of the cells that are not
/// finished and the gathering after it.
public struct Submission {
  /// One batch job.
  private struct Part {
    /// What it is, as in "cells 1-6".
    let title: String
    let script: BatchScript
    /// Whether it comes after the part before it, whatever became of that.
    let follows: Bool
  }

  private let parts: [Part]
  /// What is submitted, for a person.
  public let lines: [String]
  private let options: [String]

  /// How much of it at a time, and what the user says instead of what is planned.
  public struct Choices {
    public var ranks: Int?
    /// A time limit, instead of the plan's.
    public var time: String?
    /// Tasks of an array that run at a time.
    public var atOnce: Int?
    /// Options of sbatch, before which the script's give way.
    public var sbatch: [String] = []
    /// Of `motet run`.
    public var fresh = false

    public init() {}
  }

  /// A job's run. Throws where it could not begin: its shards are checked.
  /// - Parameter settings: `key=value` texts that the job was loaded with.
  public init(
    job: Job, settings: [String], on cluster: Cluster, _ choices: Choices,
    progress: (String) -> Void
  ) throws {
    _ = try job.openShards()
    let needs = try Needs(
      PlannedCell.ofJob(job), cluster, nodes: cluster.nodes, choices, progress)
    let words =
      ["run", Self.absolute(job.path)] + settings.flatMap { ["--set", $0] }
      + (choices.fresh ? ["--fresh"] : [])
    let script = needs.script(
      title: "A run of \(job.name).", name: job.name, output: "%x-%j.out",
      folder: job.results,
      command: cluster.words(
        cluster.launcherWords(threads: needs.threads) + cluster.programWords + words),
      failure: Self.failureLines(job.results))
    parts = [Part(title: "run \(job.results)", script: script, follows: false)]
    lines = needs.lines
    options = choices.sbatch
  }

  /// A sweep's cells. Throws where its data are not such that they could run.
  public init(
    sweep: Sweep, on cluster: Cluster, _ choices: Choices, progress: (String) -> Void
  ) throws {
    try SweepPlan(sweep).requireSamples()
    let left = sweep.cells.filter { sweep.state(of: $0) != .finished }
    var parts: [Part] = []
    var lines: [String] = []
    if !left.isEmpty {
      let numbers = Set(left.map(\.number))
      let planned = try PlannedCell.ofSweep(sweep, where: []).filter { numbers.contains($0.number) }
      // A container's own launcher knows of one node.
      let nodes = cluster.container.isEmpty ? cluster.nodes : 1
      let needs = try Needs(planned, cluster, nodes: nodes, choices, progress)
      lines = needs.lines
      let launcher = try cluster.launcherOfCells(ranks: needs.ranks, threads: needs.threads)
      let cells = ranges(left.map(\.number))
      let array = cells + (choices.atOnce.map { "%\($0)" } ?? "")
      let words =
        cluster.words(
          cluster.programWords + ["sweep", "cell", Self.absolute(sweep.path)])
        + " \"$SLURM_ARRAY_TASK_ID\"" + (launcher.isEmpty ? "" : " --launcher \(quoted(launcher))")
      let script = needs.script(
        title: "The cells \(cells) of \(sweep.name), a task each.", name: sweep.name,
        output: "%x-%A_%a.out",
        folder: sweep.folder, command: words,
        options: ["--array=\(array)"])
      parts.append(Part(title: "cells \(cells)", script: script, follows: false))
    } else {
      lines.append("all cells are finished")
    }
    let target = "\(sweep.folder)/results.h5"
    let gather = BatchScript(
      .gather,
      [
        "title": "What became of \(sweep.name), in one file.", "version": MotetBuild.version,
        "name": "\(sweep.name)-gather", "output": "%x-%j.out",
        "time": "\(min(Self.gathering, try TimeLimit(cluster.longest, "longest")))",
        "command": cluster.words(
          cluster.programWords + ["gather", sweep.folder, "--to", target, "--embeddings"]),
      ],
      lines: ["sbatch": cluster.options, "setup": cluster.shellLines])
    parts.append(Part(title: "gathering into \(target)", script: gather, follows: !left.isEmpty))
    self.parts = parts
    self.lines = lines
    options = choices.sbatch
  }

  /// The scripts, as sbatch would get them.
  public var text: String { parts.map(\.script.text).joined(separator: "\n") }

  /// Submits the parts in order.
  /// - Parameter told: a line for each as soon as it is accepted: the next one may be refused.
  public func submit(told: (String) -> Void) throws {
    var before: String?
    for part in parts {
      var own: [String] = []
      if part.follows, let before {
        // afterany: a cell that failed is no reason to see nothing of the others.
        own = ["--dependency=afterany:\(before)", "--kill-on-invalid-dep=yes"]
      }
      // What the user says is of the runs; what both need is the cluster's.
      if part.script.isRun { own += options }
      let job = try Slurm.submit(part.script.text, own)
      before = job
      told("\(part.title): job \(job)")
    }
  }

  /// The time limit of gathering.
  private static let gathering = TimeLimit(minutes: 60)

  static func comment(_ folder: String) -> String {
    quoted(SlurmQueue.comment(FileSystem.resolved(folder)))
  }

  /// Leaves word of a rank that could not say itself why it ended: of one that was killed.
  private static func failureLines(_ folder: String) -> [String] {
    let file = quoted("\(folder)/\(RunFailure.fileName)")
    return [
      "if [ \"$code\" != 0 ] && [ \"$code\" != 85 ] && [ -z \"${told:-}\" ] && [ ! -e \(file) ]; then",
      "  mkdir -p \(quoted(folder))",
      "  printf '{\"stage\":\"run\",\"status\":%d,\"message\":\"exit code %d in job %s, whose output says more\"}' \\",
      "    \"$code\" \"$code\" \"$SLURM_JOB_ID\" > \(file)",
      "fi",
    ]
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}
