import Foundation
import HDF5
import TestSupport
import Testing

@testable import Jobs

/// Signals, a second process in the same folder, an output that cannot be written: nothing is lost,
/// and nothing is there twice.
@Suite(.serialized) struct StopTests {
  private let job: SmallJob
  private var motet: String { productsFolder.appendingPathComponent("motet").path }

  init() throws { job = try SmallJob(rounds: 3) }

  private func rounds(_ run: String, _ name: String) throws -> [Int64] {
    try HDF5File.open(job.folder.path("\(run)/results.h5")).read("/\(name)/round")
  }

  /// A shell's command in which `"$@"` is the program and its arguments.
  private func shell(_ script: String, _ arguments: [String]) throws -> ProcessResult {
    try RunningProcess("/bin/sh", ["-c", script, "sh", motet] + arguments).wait()
  }

  /// Sends a signal and waits: no longer than a person or a scheduler would.
  private func end(_ running: RunningProcess, by signal: Int32) throws -> ProcessResult {
    kill(running.process.processIdentifier, signal)
    try waitUntil(seconds: 10) { !running.process.isRunning }
    return running.wait()
  }

  /// Whether a process has a handler of its own for a signal.
  private func handles(_ signal: Int32, _ process: pid_t) -> Bool {
    let status = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("SigCgt:") }
    let mask = line.flatMap { UInt64($0.dropFirst("SigCgt:".count).drop { $0 == "\t" }, radix: 16) }
    return (mask ?? 0) >> UInt64(signal - 1) & 1 == 1
  }

  /// However it is asked to end, a run leaves in order, and goes on to the same model, with each
  /// row once.
  @Test func everySignalEndsARunInOrder() throws {
    let expected = hash(try run("motet", job.arguments("whole")))
    for signal in [SIGTERM, SIGUSR1, SIGINT, SIGHUP] {
      let running = try RunningProcess(motet, job.arguments("stopped"))
      try waitUntil { running.output.contains("round 1/3") || !running.process.isRunning }
      let ended = try end(running, by: signal)
      #expect(ended.status == 85, "signal \(signal): \(ended.errors)")
      #expect(ended.errors.contains("the same command continues"))
      #expect(hash(try run("motet", job.arguments("stopped"))) == expected, "signal \(signal)")
      #expect(try rounds("stopped", "rounds") == [1, 2, 3])
      #expect(try rounds("stopped", "monitor") == rounds("whole", "monitor"))
      try FileManager.default.removeItem(atPath: job.folder.path("stopped"))
    }
  }

  /// A signal before the ranks are there: the run gives up before it measures or trains anything.
  @Test func aSignalAtTheStartCounts() throws {
    let running = try RunningProcess(motet, job.arguments("early"))
    let process = running.process.processIdentifier
    try waitUntil { handles(SIGUSR1, process) || !running.process.isRunning }
    let ended = try end(running, by: SIGUSR1)
    #expect(ended.status == 85, "\(ended.errors)")
    #expect(!ended.output.contains("round"), "\(ended.output)")
    #expect(!FileManager.default.fileExists(atPath: job.folder.path("early/checkpoint-000000.h5")))
  }

  /// So is a sweep that is being counted: a million rounds a cell.
  @Test func aSignalWhileASweepIsPlannedCounts() throws {
    let sweep = job.folder.write(
      "sweep.yaml",
      """
      base: small.yaml
      sweep: { grid: { federation.rounds: [1000000] }, seeds: [\((1...50).map(String.init)
        .joined(separator: ", "))] }
      """)
    let running = try RunningProcess(motet, ["sweep", "run", sweep])
    let process = running.process.processIdentifier
    try waitUntil { handles(SIGTERM, process) || !running.process.isRunning }
    usleep(500_000)
    let ended = try end(running, by: SIGTERM)
    #expect(ended.status == 85 && ended.errors.contains("stopped by a signal"), "\(ended.errors)")
  }

  /// A batch job that Slurm requeues starts over once: --fresh is in its script each time.
  @Test func aRequeuedJobGoesOn() throws {
    #expect(try run("motet", job.arguments("run", "federation.rounds=1")).status == 0)
    let expected = hash(try run("motet", job.arguments("whole")))
    func start(_ requeues: String) throws -> RunningProcess {
      try RunningProcess(
        motet, job.arguments("run") + ["--fresh"],
        environment: ["SLURM_JOB_ID": "7", "SLURM_RESTART_COUNT": requeues])
    }
    let first = try start("0")
    try waitUntil { first.output.contains("round 1/3") || !first.process.isRunning }
    let stopped = try end(first, by: SIGUSR1)
    #expect(stopped.status == 85 && stopped.errors.contains("moved the old run to"))
    let requeued = try start("1").wait()
    #expect(requeued.errors.contains("requeued: going on with the run that it started over"))
    #expect(hash(requeued) == expected && hash(requeued) != nil, "\(requeued.errors)")
    #expect(job.folder.names.filter { $0.hasPrefix("run.old-") } == ["run.old-1"])
  }

  /// Somebody removes the folder under a run: it says so, and does not go on for nothing.
  @Test func aFolderThatIsRemovedEndsTheRun() throws {
    let running = try RunningProcess(motet, job.arguments("gone", "federation.rounds=1000"))
    try waitUntil { running.output.contains("round 1/1000") || !running.process.isRunning }
    try FileManager.default.removeItem(atPath: job.folder.path("gone"))
    try waitUntil { !running.process.isRunning }
    let ended = running.wait()
    #expect(ended.status == 1 && ended.errors.split(separator: "\n").count == 1)
    #expect(ended.errors.hasPrefix("motet: \(job.folder.path("gone"))"), "\(ended.errors)")
  }

  /// What heeds no note ends at once, as any program.
  @Test func otherCommandsEndAtOnce() throws {
    let slow = try RunningProcess(
      motet, ["bench", "knn", "--queries", "100000"])
    try waitUntil { !handles(SIGTERM, slow.process.processIdentifier) }
    usleep(300_000)
    kill(slow.process.processIdentifier, SIGTERM)
    _ = slow.wait()
    #expect(slow.process.terminationReason == .uncaughtSignal)
  }

  /// Ended before its first checkpoint, twice: the model before training is measured once.
  @Test func theFirstMeasurementIsThereOnce() throws {
    for _ in 0..<2 {
      let running = try RunningProcess(motet, job.arguments("killed", "training.batch=2"))
      try waitUntil { running.output.contains("round 0/3") || !running.process.isRunning }
      kill(running.process.processIdentifier, SIGKILL)
      _ = running.wait()
      #expect(try rounds("killed", "monitor") == [0, 0], "of two modalities")
    }
  }

  /// A measurement that is missing after the last checkpoint comes with the next start, and a sweep
  /// does not take such a run for trained.
  @Test func aMissingMeasurementComes() throws {
    let whole = try run("motet", job.arguments("run"))
    let path = job.folder.path("run/results.h5")
    let results = try Results(reading: path)
    let loaded = try Job.load(job.path, settings: ["results=\(job.folder.path("run"))"])
    let folder = RunFolder(loaded.results)
    #expect(folder.isMeasured(loaded))
    var before = try Results(reading: path, completed: 2)
    before.add(try #require(results.rows.last))
    // As they were when the last checkpoint was written.
    try HDF5File.saveSealed(path) { file in
      try Results.format.stamp(file)
      try before.write(to: file)
    }
    #expect(!folder.isMeasured(loaded))
    let again = try run("motet", job.arguments("run"))
    #expect(hash(again) == hash(whole) && again.output.contains("round 3/3"), "\(again.errors)")
    #expect(folder.isMeasured(loaded))
    let now = try Results(reading: path)
    #expect(now.measurements.map(\.round) == results.measurements.map(\.round))
    #expect(now.measurements.map(\.1) == results.measurements.map(\.1))
    #expect(now.rows.map(\.round) == [1, 2, 3])
  }

  /// What is beside a checkpoint must be its run's, and what is no longer there is said.
  @Test func resultsAreTheRunsOwn() throws {
    let half = ["--set", "federation.rounds=2"]
    for (name, more) in [("run", []), ("other", ["--set", "training.rate=0.01"])] {
      let ended = try run("motet", job.arguments(name) + half + more)
      #expect(ended.status == 0, "\(ended.errors)")
    }
    let path = job.folder.path("run/results.h5")
    let own = try Data(contentsOf: URL(fileURLWithPath: path))
    try Data(contentsOf: URL(fileURLWithPath: job.folder.path("other/results.h5")))
      .write(to: URL(fileURLWithPath: path))
    let foreign = try run("motet", job.arguments("run"))
    #expect(foreign.status == 1)
    #expect(
      foreign.errors.contains("\(path): is of another job than the checkpoints"),
      "\(foreign.errors)")
    try own.write(to: URL(fileURLWithPath: path))
    let changed = try run("motet", job.arguments("run", "monitor.knn.k=1"))
    #expect(
      changed.errors.contains(
        "the monitor measures otherwise from here on (monitor.knn.k 20 -> 1): its figures before "
          + "and after round 2 are not to be compared"), "\(changed.errors)")
    try FileManager.default.removeItem(atPath: path)
    let lost = try run("motet", job.arguments("run", "federation.rounds=4"))
    #expect(
      lost.errors.contains("\(path): is not there; rounds up to 3 will be missing in it"),
      "\(lost.errors)")
  }

  /// The second process in a run's folder is refused, and the first goes on as if it were alone.
  @Test func aRunHasOneProcess() throws {
    let running = try RunningProcess(motet, job.arguments("run", "federation.rounds=100"))
    try waitUntil { running.output.contains("round 0/100") || !running.process.isRunning }
    for more in [[], ["--fresh"]] {
      let second = try run("motet", job.arguments("run", "federation.rounds=100") + more)
      #expect(second.status == 1)
      #expect(
        second.errors.contains("a run is at work here in another process ("), "\(second.errors)")
    }
    let round = running.output.split(separator: "\n").count
    try waitUntil { running.output.split(separator: "\n").count > round }
    kill(running.process.processIdentifier, SIGUSR1)
    #expect(running.wait().status == 85)
    #expect(!job.folder.names.contains { $0.hasPrefix("run.old") })

    let folder = job.folder.path("run/evaluations")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let lock = try FolderLock(folder, for: "an evaluation") { _ in }
    let evaluation = try run(
      "motet",
      [
        "evaluate", job.folder.path("run"), "--task", "knn", "--data",
        job.folder.path("data.h5"), "--set", "modality=image",
      ])
    #expect(evaluation.status == 1)
    #expect(evaluation.errors.contains("an evaluation is at work here"), "\(evaluation.errors)")
    withExtendedLifetime(lock) {}
  }

  /// A full disk or a closed stream ends no run; a command whose product is its output says that it
  /// is lost.
  @Test func outputMayBeLost() throws {
    let expected = try #require(hash(try run("motet", job.arguments("whole"))))
    for (name, stream) in [("full", "> /dev/full"), ("closed", ">&-"), ("both", ">&- 2>&-")] {
      let ended = try shell("\"$@\" \(stream)", job.arguments(name))
      #expect(ended.status == 0, "\(stream): \(ended.errors)")
      let told = try run("motet", ["hash", job.folder.path("\(name)/checkpoint-000003.h5")])
      #expect(told.output.contains(expected.dropFirst("model sha256 ".count)), "\(stream)")
    }
    let describe = try shell("\"$@\" > /dev/full", ["describe"])
    #expect(describe.status == 1)
    #expect(
      describe.errors == "motet: standard output cannot be written: No space left on device\n")
    let head = try shell("\"$@\" | head -1", ["describe"])
    #expect(head.status == 0 && head.errors.isEmpty, "\(head.errors)")
  }

  /// A misspelt command is answered as any other misspelt name.
  @Test func commandsAreSuggested() throws {
    for (arguments, answer) in [
      (["rnu", "job.yaml"], "unknown command 'rnu' (did you mean 'run'?)"),
      (["data", "improt"], "unknown command 'improt' (did you mean 'import'?)"),
    ] {
      let result = try run("motet", arguments)
      #expect(result.status == 64 && result.errors.contains(answer), "\(result.errors)")
    }
  }
}
