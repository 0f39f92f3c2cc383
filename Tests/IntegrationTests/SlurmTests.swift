import Foundation
import HDF5
import TestSupport
import Testing

/// What `motet submit` gives to Slurm, on a throw-away one.
@Suite(.serialized) struct SlurmTests {
  /// A run whose ranks srun starts, and one that fails: their states while they are queued and when
  /// Slurm has forgotten them.
  @Test func aRunBySrun() throws {
    let cluster = SlurmCluster(nodes: 2, processors: 2)
    if let reason = cluster.reason { try Test.cancel("skipped, because \(reason)") }
    let job = try SmallJob(rounds: 2)
    let expected = try run("motet", job.arguments("alone"))
    func motet(_ arguments: [String]) throws -> ProcessResult {
      try cluster.run("/usr/bin/env", ["-C", job.folder.path, "motet"] + arguments)
    }
    func submit(_ results: String, _ more: [String]) throws -> ProcessResult {
      try motet(
        ["submit", job.path, "--set", "results=\(results)", "--ranks", "2", "--time", "10"]
          + ["--on", "launcher=srun --mpi=pmix", "--on", "sbatch=[--nodes=1]"] + more)
    }
    let held = try submit("held", ["--", "--hold"])
    try #require(held.status == 0, "\(held.errors)")
    let queued = try motet(["status", "held"])
    #expect(queued.output.contains("queued"), "\(queued.output) \(queued.errors)")
    #expect(try motet(["status"]).output == queued.output)
    #expect(try cluster.run("scancel", ["--user", NSUserName()]).status == 0)

    let submitted = try submit("run", [])
    try #require(submitted.status == 0, "\(submitted.errors)")
    #expect(submitted.lines[0].hasPrefix("2 ranks of 1 thread, "), "\(submitted.output)")
    #expect(submitted.lines[1] == "time limit 00:10:00: as asked for")
    #expect(submitted.lines[2].hasPrefix("run \(job.folder.path("run")): job "))
    let failing = try submit("failing", ["--set", "training.rate=1e30"])
    try #require(failing.status == 0, "\(failing.errors)")
    try waitUntil(seconds: 150) {
      try cluster.run("squeue", ["--noheader"]).lines.isEmpty
    }
    let printed = job.folder.names.filter { $0.hasPrefix("small-") && $0.hasSuffix(".out") }
      .map { (try? String(contentsOfFile: job.folder.path($0), encoding: .utf8)) ?? "" }
    let model = try #require(expected.lines.last { $0.hasPrefix("model sha256 ") })
    #expect(printed.contains { $0.contains(model) }, "\(printed)")
    // Of ten minutes.
    #expect(printed.contains { $0.contains("  limit in 9:") }, "\(printed)")
    let done = try motet(["status", "run", "failing"])
    #expect(done.lines.count == 2, "\(done.output)")
    #expect(done.lines.contains { $0.hasPrefix("run ") && $0.contains(" finished  round 2/2") })
    #expect(
      done.lines.contains {
        $0.hasPrefix("failing ") && $0.contains(" failed ") && $0.contains("training diverged")
      }, "\(done.output)")
  }

  /// Six cells as an array, one of them stopped at its time limit, and the gathering after them:
  /// the table is that of the same sweep without Slurm.
  @Test func aSweepAsAnArray() throws {
    let cluster = SlurmCluster(nodes: 3, processors: 2)
    if let reason = cluster.reason { try Test.cancel("skipped, because \(reason)") }
    let job = try SmallJob(rounds: 3)
    func sweep(_ results: String) -> String {
      job.folder.write(
        "\(results).yaml",
        """
        name: six
        base: small.yaml
        sweep:
          zip: [{ seed: [1, 2, 3, 4, 5, 6], federation.rounds: [1, 1, 1, 1, 1, 12] }]
          grid: { monitor.every: [0] }
        evaluations:
          - { name: knn, data: data.h5, modality: image, k: 20 }
        results: \(results)
        """)
    }
    let expected = try table(job, sweep("alone"), "alone")

    let path = sweep("array")
    let submitted = try cluster.run(
      "/usr/bin/env",
      [
        "-C", job.folder.path, "motet", "submit", path, "--ranks", "2", "--time", "10", "--",
        "--output=task-%a.out",
      ])
    try #require(submitted.status == 0, "\(submitted.errors)")
    let line = submitted.lines.first { $0.hasPrefix("cells 1-6: job ") }
    let array = try #require(line, "\(submitted.output)").split(separator: " ")[3]
    #expect(submitted.lines.last?.hasPrefix("gathering into ") == true)
    // The last task: its job id is that of the array.
    let ids = try run("motet", ["sweep", "expand", path]).lines
    let id = try #require(ids.last?.split(separator: " ")[1])
    let checkpoint = job.folder.path("array/006-\(id)/checkpoint-000001.h5")
    func task(_ number: Int) -> String {
      (try? String(contentsOfFile: job.folder.path("task-\(number).out"), encoding: .utf8)) ?? ""
    }
    try waitUntil(seconds: 150) { FileManager.default.fileExists(atPath: checkpoint) }
    // Slurm looks at limits twice a minute, and warns as early as the script wishes. Until then the
    // cell is held, or a fast machine would be done with it.
    let ranks = ["--full", "--", "--cell \(id)"]
    _ = try cluster.run("pkill", ["--signal=STOP"] + ranks)
    #expect(
      try cluster.run("scontrol", ["update", "JobId=\(array)_6", "TimeLimit=2"]).status == 0,
      "\(task(6))")
    try waitUntil(seconds: 150) {
      let processes = (try? cluster.run("pgrep", ranks))?.lines ?? []
      return processes.isEmpty || processes.contains { isPending(SIGUSR1, process: $0) }
    }
    _ = try cluster.run("pkill", ["--signal=CONT"] + ranks)
    var held = 0
    try waitUntil(seconds: 150) {
      let queue = (try? cluster.run("squeue", ["--noheader", "--format=%i %T %r"]))?.lines ?? ["?"]
      // Slurm holds what was requeued for two minutes. With the limit as it was, it ends this time.
      // Where the job is still completing, its node would take the new start for the old one.
      for line in queue where line.hasSuffix(" PENDING BeginTime") {
        held += 1
        let name = line.split(separator: " ")[0]
        _ = try? cluster.run(
          "scontrol", ["update", "JobId=\(name)", "StartTime=now", "TimeLimit=10"])
      }
      return queue.isEmpty
    }
    #expect(held > 0)
    let shown = try cluster.run("scontrol", ["show", "job", "\(array)_6"])
    #expect(task(6).contains("continuing after round "), "\(task(6))\n\(shown.output)")
    #expect(shown.output.contains("Restarts=1"), "\(shown.output)")

    let status = try run("motet", ["status", path])
    #expect(status.output.hasSuffix(": 6 cells: 6 finished\n"), "\(status.output)")
    let gathered = try Runs(job.folder.path("array/results.h5"))
    #expect(gathered.states == [String](repeating: "finished", count: 6))
    #expect(gathered == expected)
  }

  /// Whether a process that is held has been sent a signal.
  private func isPending(_ signal: Int32, process: String) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("ShdPnd:") }
    let set = line.flatMap { UInt64($0.dropFirst(7).drop(while: \.isWhitespace), radix: 16) }
    return set.map { $0 >> (signal - 1) & 1 == 1 } ?? false
  }

  /// The table of a sweep that was run here.
  private func table(_ job: SmallJob, _ path: String, _ results: String) throws -> Runs {
    let done = try run("motet", ["sweep", "run", path])
    #expect(done.status == 0, "\(done.errors)")
    let target = job.folder.path("\(results).h5")
    let gather = try run("motet", ["gather", job.folder.path(results), "--to", target])
    #expect(gather.status == 0, "\(gather.errors)")
    return try Runs(target)
  }

  /// Of a gathered file what does not depend on where it ran.
  private struct Runs: Equatable {
    let runs: [String]
    let cells: [Int64]
    let states: [String]
    let models: [String]
    let losses: [UInt64]
    let figures: [UInt64]

    init(_ path: String) throws {
      let file = try HDF5File.open(path)
      runs = try file.texts("/runs/run")
      cells = try file.read("/runs/cell")
      states = try file.texts("/runs/state")
      models = try file.texts("/runs/model")
      losses = (try file.read("/rounds/loss.image") as [Double]).map(\.bitPattern)
      figures = (try file.read("/evaluations/value") as [Double]).map(\.bitPattern)
    }
  }
}

/// A path in the repository.
func repository(_ path: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(path).path
}
