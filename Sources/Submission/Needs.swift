import Catalogues
import Foundation
import HDF5
import Planning

/// What each task of a batch job asks Slurm for.
struct Needs {
  let ranks: Int
  let threads: Int
  /// The most nodes; nil where nobody said what a node has.
  private let nodes: Int?
  /// Mebibytes of a core.
  private let memory: Int
  private let time: TimeLimit
  private let cluster: Cluster
  /// What is asked for and why, for a person.
  let lines: [String]

  /// - Parameter progress: told what is measured.
  init(
    _ cells: [PlannedCell], _ cluster: Cluster, nodes: Int, _ choices: Submission.Choices,
    _ progress: (String) -> Void
  ) throws {
    let cores = cluster.cores == 0 ? nil : cluster.cores
    let allocation = try Allocation(cells, ranks: choices.ranks, nodes: nodes, cores: cores)
    self.nodes = cores != nil || !cluster.container.isEmpty ? nodes : nil
    let longest = try TimeLimit(cluster.longest, "longest")
    let time: TimeLimit
    let why: String
    if let given = choices.time {
      time = try TimeLimit(given, "--time")
      why = "as asked for"
    } else {
      let speeds = try cluster.speeds.isEmpty ? nil : Speeds.load(cluster.speeds)
      let (seconds, processor) = try allocation.longest(speeds: speeds, progress: progress)
      let planned = TimeLimit(
        minutes: Int(min(1e6, seconds * cluster.margin / 60).rounded(.up)) + 10)
      time = min(planned, longest)
      why =
        "\(TimeLimit(minutes: Int((seconds / 60).rounded(.up)))) by plan on \(processor), times "
        + "\(cluster.margin), and ten minutes"
        + (time < planned ? "; cut to the cluster's longest, after which it is requeued" : "")
    }
    // A quarter more than is planned: pages of files and of the MPI library count too.
    let rank = cluster.memory > 0 ? cluster.memory : (allocation.bytes >> 20) * 5 / 4 + 1
    (ranks, threads) = (allocation.ranks, allocation.threads)
    memory = (rank + threads - 1) / threads
    self.time = time
    self.cluster = cluster
    lines = [
      "\(counted(ranks, "rank")) of \(counted(threads, "thread")), \(memory * threads) MiB each",
      "time limit \(time): \(why)",
    ]
  }

  func script(
    title: String, name: String, output: String, folder: String, command: String,
    options: [String] = [], failure: [String] = []
  ) -> BatchScript {
    BatchScript(
      .run,
      [
        "title": title, "version": MotetBuild.version, "name": name, "ranks": "\(ranks)",
        "threads": "\(threads)", "memory": "\(memory)", "time": "\(time)", "output": output,
        "comment": Submission.comment(folder), "command": command,
      ],
      lines: [
        "sbatch": ((nodes.map { ["--nodes=\($0 == 1 ? "1" : "1-\($0)")"] } ?? []) + options).map {
          "#SBATCH \($0)"
        } + cluster.options,
        "setup": cluster.shellLines, "failure": failure,
      ])
  }
}
