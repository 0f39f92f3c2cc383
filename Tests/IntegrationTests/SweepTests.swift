import Foundation
import HDF5
import TestSupport
import Testing

/// Sweeps as a user has them: one command, again and again, until all is there.
@Suite(.serialized) struct SweepTests {
  private let job: SmallJob

  init() throws { job = try SmallJob(rounds: 3, encoder: SmallJob.vit) }

  /// A sweep file over the small job.
  @discardableResult
  private func sweep(_ name: String, _ text: String) -> String {
    job.folder.write("\(name).yaml", "base: small.yaml\n" + text)
  }

  private func model(_ folder: String) throws -> String? {
    hash(try run("motet", ["hash", folder]))
  }

  /// The run's folder of a sweep's only cell of a number.
  private func cellFolder(_ name: String, _ number: Int) throws -> String {
    let runs = job.folder.path("runs/\(name)")
    let names = try FileManager.default.contentsOfDirectory(atPath: runs)
    let own = names.first { $0.hasPrefix("00\(number)-") && !$0.contains(".old-") }
    return "\(runs)/\(try #require(own))"
  }

  /// A path says nothing of the data: a store may be imported again under its name.
  @Test func runsOnOtherDataAreNotMixedIn() throws {
    let text = """
      sweep: { grid: { federation.rounds: [1], monitor.every: [0], training.rate: [0.1] } }
      evaluations: [{ name: knn, data: data.h5, modality: image, k: 5 }]

      """
    let one = sweep("one", text)
    let first = try run("motet", ["sweep", "run", one])
    #expect(first.status == 0, "\(first.errors)")
    let old = try model(cellFolder("one", 1))
    let made = try run(
      "motet",
      [
        "data", "synthesize", "--to", job.folder.path("data.h5"), "--overwrite", "--seed", "2",
        "--images", "120", "--sounds", "80", "--classes", "4", "--side", "16",
      ])
    #expect(made.status == 0, "\(made.errors)")

    let status = try run("motet", ["sweep", "status", one])
    #expect(status.lines.first?.contains("of other data") == true, "\(status.output)")
    #expect(try cellsLeft(one) == "1")
    // Another sweep does not take the run over.
    let two = sweep("two", text + "reuse: [runs/one]\n")
    let second = try run("motet", ["sweep", "run", two])
    #expect(second.status == 0 && !second.output.contains("uses "), "\(second.errors)")
    let new = try model(cellFolder("two", 1))
    #expect(new != nil && new != old)

    // The sweep trains its own anew, and keeps what it had.
    let again = try run("motet", ["sweep", "run", one])
    #expect(again.status == 0 && again.output.contains("trained on other data"), "\(again.output)")
    let runs = job.folder.path("runs/one")
    let names = try FileManager.default.contentsOfDirectory(atPath: runs)
    let kept = try #require(names.first { $0.hasSuffix(".old-1") })
    #expect(try model("\(runs)/\(kept)") == old)
    #expect(try model(cellFolder("one", 1)) == new)
    #expect(try run("motet", ["sweep", "run", one]).lines.contains("cell 1: finished before"))
    // With the data as they are, runs are taken over.
    let three = sweep("three", text + "reuse: [runs/one]\n")
    #expect(try run("motet", ["sweep", "run", three]).output.contains("uses "))
  }

  @Test func whatFailsIsTriedAgainAndWhatIsDoneStays() throws {
    let grid = "grid: { federation.rounds: [1], monitor.every: [0] }"
    let path = sweep("seeds", "sweep: { \(grid), seeds: [1, 2] }\n")
    let plan = try run("motet", ["sweep", "run", path, "--dry-run"])
    #expect(plan.status == 0 && plan.lines.first?.hasPrefix("sweep seeds: 2 cells") == true)
    #expect(!job.folder.names.contains("runs"))
    #expect(try run("motet", ["describe", path]).output == plan.output)
    let views = try #require(plan.lines.first { $0.hasPrefix("views: ") })

    let failed = try run("motet", ["sweep", "run", path], environment: ["MOTET_LANES": "5"])
    #expect(failed.status == 1)
    #expect(failed.errors.contains("motet: cell 2, "), "\(failed.errors)")
    #expect(failed.lines.last?.contains("0 of 2 cells finished, 2 failed") == true)
    let status = try run("motet", ["sweep", "status", path])
    #expect(status.lines.first?.contains("failed (run: MOTET_LANES=5") == true, "\(status.output)")
    #expect(try cellsLeft(path) == "1-2")

    let done = try run("motet", ["sweep", "run", path])
    #expect(done.status == 0, "\(done.errors)")
    #expect(done.lines.last == "seeds: 2 of 2 cells finished")
    let again = try run("motet", ["sweep", "run", path])
    #expect(again.status == 0 && again.lines.contains("cell 2: finished before"))
    #expect(try cellsLeft(path) == nil)

    // The cell is the job with its settings, and the plan's views are those that were trained on.
    let alone = try run(
      "motet",
      job.arguments(
        "alone", "seed=2", "federation.rounds=1", "shards=\(try shards("seeds", seed: 2))"))
    #expect(try hash(alone) == model(cellFolder("seeds", 2)), "\(alone.errors)")
    let gathered = job.folder.path("seeds.h5")
    let gather = try run(
      "motet", ["gather", job.folder.path("runs/seeds"), "--to", gathered, "--strict"])
    #expect(gather.status == 0 && gather.output.contains("2 runs (2 finished)"), "\(gather.errors)")
    let trained = try HDF5File.open(gathered).read("/rounds/views") as [Int64]
    #expect(views == "views: \(trained.reduce(0, +))")

    // Another sweep with the same job uses the run that is there.
    let reuse = sweep("reuse", "sweep: { \(grid), seeds: [2] }\nreuse: [runs/seeds]\n")
    let reusing = try run("motet", ["sweep", "run", reuse, "--dry-run"])
    #expect(reusing.lines[1] == "runs: 1, 0 of them to do; 1 already done in other sweeps")
    let reused = try run("motet", ["sweep", "run", reuse])
    #expect(
      reused.status == 0 && reused.lines.contains { $0.contains("uses ") }, "\(reused.output)")
    #expect(try model(cellFolder("reuse", 1)) == hash(alone))
  }

  /// The shards of a sweep that were cut with a seed.
  private func shards(_ name: String, seed: Int) throws -> String {
    let folder = job.folder.path("runs/\(name)/shards")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    let found = try names.first { name in
      let plan = try HDF5File.open("\(folder)/\(name)/manifest.h5")
      return try plan.textAttribute("seed", on: "plan") == "\(seed)"
    }
    return "\(folder)/\(try #require(found))"
  }

  /// Two tasks of an array at once share shards; a cell has one process; a signal leaves it to be
  /// continued.
  @Test func tasksOfAnArray() throws {
    let path = sweep(
      "rates",
      """
      sweep:
        zip: [{ training.rate: [0.03, 0.05], federation.rounds: [60, 1] }]
        grid: { monitor.every: [0] }
      """)
    let motet = productsFolder.appendingPathComponent("motet").path
    let first = try RunningProcess(motet, ["sweep", "cell", path, "1", "--ranks", "2"])
    let second = try RunningProcess(motet, ["sweep", "cell", path, "2"])
    try waitUntil { first.output.contains("round 1/60") || !first.process.isRunning }
    let busy = try run("motet", ["sweep", "cell", path, "1"])
    #expect(busy.status == 1 && busy.errors.contains("another process is at it"), "\(busy.errors)")
    kill(first.process.processIdentifier, SIGTERM)
    let stopped = first.wait()
    #expect(stopped.status == 85, "\(stopped.errors)")
    #expect(second.wait().status == 0)
    let shards = try FileManager.default.contentsOfDirectory(
      atPath: job.folder.path("runs/rates/shards"))
    #expect(shards.count == 1)

    let continued = try run("motet", ["sweep", "cell", path, "1"])
    #expect(continued.status == 0 && continued.errors.contains("continuing after round"))
    #expect(
      try model(cellFolder("rates", 1))
        == hash(try run("motet", job.arguments("whole", "federation.rounds=60"))))
  }

  /// A terminal's Ctrl-C and Slurm's signals reach mpirun too, which ends its ranks with a code of
  /// its own: the cell is stopped, not failed.
  @Test func aSignalToTheWholeGroupStopsACell() throws {
    let path = sweep("group", "sweep: { grid: { federation.rounds: [200], monitor.every: [0] } }\n")
    let motet = productsFolder.appendingPathComponent("motet").path
    for signal in [SIGTERM, SIGINT] {
      let cell = try RunningProcess(motet, ["sweep", "cell", path, "1", "--ranks", "2"])
      let own = cell.process.processIdentifier
      try waitUntil { cell.output.contains("/200") || !cell.process.isRunning }
      let children = try String(
        contentsOfFile: "/proc/\(own)/task/\(own)/children", encoding: .utf8)
      for process in [own] + children.split(separator: " ").compactMap({ pid_t($0) }) {
        kill(process, signal)
      }
      let ended = cell.wait()
      #expect(ended.status == 85, "signal \(signal): \(ended.errors)")
      let status = try run("motet", ["sweep", "status", path])
      #expect(!status.output.contains("failed"), "\(status.output)")
    }
  }

  /// A signal that is there when the program begins, as it reads the sweep, leaves the cell to be
  /// requeued.
  @Test func aSignalBeforeTheRunStopsACell() throws {
    let path = sweep("early", "sweep: { grid: { training.rate: [0.1], monitor.every: [0] } }\n")
    let motet = productsFolder.appendingPathComponent("motet").path
    // The shell has the signal pending when the program begins.
    let script = """
      kill -USR1 $$; exec "$0" sweep cell "$1" 1
      """
    let ended = try RunningProcess(
      "/usr/bin/env",
      ["--block-signal=USR1", "/bin/sh", "-c", script, motet, path]
    ).wait()
    #expect(ended.status == 85, "\(ended.output) \(ended.errors)")
  }

  /// One line that names the file and the mend; nothing left behind.
  @Test func mistakes() throws {
    func refusal(_ arguments: String...) throws -> String {
      let before = job.folder.names
      let result = try run("motet", arguments)
      #expect(result.status != 0 && result.output.isEmpty, "\(result.output)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(job.folder.names == before)
      return result.errors
    }
    func ofSweep(_ text: String) throws -> String {
      try refusal("sweep", "run", sweep("wrong", text), "--dry-run")
    }
    sweep("wrong", "")
    #expect(try ofSweep("sweep: { grid: {} }").contains("wrong.yaml:2: sweep.grid: empty"))
    #expect(
      try ofSweep("sweep: { grid: { training.ratee: [1] } }")
        .contains("wrong.yaml:2: training.ratee: unknown key 'ratee' (did you mean 'rate'?)"))
    #expect(
      try ofSweep("sweep: { grid: { training.rate: [0.1, 1e-1] } }").contains("are the same job"))
    let many = "[\((1...10_000).map(String.init).joined(separator: ","))]"
    #expect(try ofSweep("sweep: { seeds: \(many) }").contains("10000 cells, more than 1000; --yes"))
    #expect(
      try ofSweep("sweep: { grid: { data.image: [none.h5] } }").contains("none.h5: open failed"))
    #expect(
      try ofSweep("sweep: { grid: { clients.minimum: [500] } }").contains("a minimum of 500 each"))
    let good = sweep("wrong", "sweep: { seeds: [1] }")
    #expect(try refusal("run", good).contains("this is a sweep"))
    #expect(try refusal("sweep", "cell", good, "2").contains("there is no cell '2'"))
    #expect(try refusal("sweep", "run", job.path).contains("this is a job, not a sweep"))
    #expect(
      try refusal("gather", job.folder.path, "--to", job.folder.path("x.h5"))
        .contains("there is no run here"))
  }

  /// A disk that is full while gathering: the old file stays, nothing half-written.
  @Test func aFullDisk() throws {
    let arguments = job.arguments("a", "federation.rounds=1", "monitor.every=0")
    #expect(try run("motet", arguments).status == 0)
    let gather = ["gather", job.folder.path("a"), "--to", job.folder.path("all.h5")]
    let motet = productsFolder.appendingPathComponent("motet").path
    func onAFullDisk() throws {
      let before = job.folder.names
      let old = FileManager.default.contents(atPath: job.folder.path("all.h5"))
      // A limit on the size of files fails as a full disk does, and anybody can set it.
      let full = try RunningProcess(
        "/bin/bash",
        ["-c", #"trap "" XFSZ; ulimit -f 16; exec "$@""#, "bash", motet] + gather
      ).wait()
      #expect(full.status == 1, "\(full.errors)")
      #expect(full.errors.split(separator: "\n").count == 1, "\(full.errors)")
      #expect(full.errors.hasPrefix("motet: \(job.folder.path("all.h5")): "), "\(full.errors)")
      #expect(job.folder.names == before)
      #expect(FileManager.default.contents(atPath: job.folder.path("all.h5")) == old)
    }
    try onAFullDisk()
    #expect(try run("motet", gather).status == 0)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 0)],
      ofItemAtPath: job.folder.path("a/results.h5"))
    try onAFullDisk()
  }

  /// The cells that would be submitted.
  private func cellsLeft(_ path: String) throws -> String? {
    let option = "#SBATCH --array="
    let lines = try run("motet", ["submit", path, "--time", "10", "--print"]).lines
    return lines.first { $0.hasPrefix(option) }.map { String($0.dropFirst(option.count)) }
  }
}
