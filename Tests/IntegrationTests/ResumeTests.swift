import Foundation
import Tensors
import TestSupport
import Testing

/// A run that is ended at any moment continues with the same command to the same model.
@Suite(.serialized) struct ResumeTests {
  /// Kill -9 of one rank in a round: the job ends by itself within ten seconds, and goes on.
  @Test func survivesTheDeathOfARank() throws {
    let job = try SmallJob(rounds: 3)
    let whole = try run("motet", job.arguments("whole"))
    let expected = try #require(hash(whole), "\(whole.errors)")

    let running = try startMPI(3, "motet", job.arguments("killed"))
    // The second round has begun.
    try waitUntil { running.output.contains("round 1/3") }
    let victim = try #require(rankProcess(2, of: job.folder.path("killed")))
    kill(victim, SIGKILL)
    let killed = Date()
    let ended = running.wait()
    #expect(ended.status != 0)
    #expect(Date().timeIntervalSince(killed) < 10)
    #expect(hash(ended) == nil)

    let continued = try mpirun(2, "motet", job.arguments("killed"))
    #expect(hash(continued) == expected, "\(continued.errors)")
    #expect(continued.errors.contains("continuing after round"))
  }

  /// Kill -9 again and again, at moments that fall into rounds, results and the checkpoint that is
  /// written meanwhile: each start goes on from a whole checkpoint.
  @Test func survivesManyDeaths() throws {
    let job = try SmallJob(rounds: 5)
    let expected = try #require(hash(try run("motet", job.arguments("whole"))))
    var random = RandomStream(seed: 5, purpose: .sampling)
    var deaths = 0
    for _ in 0..<6 {
      let running = try RunningProcess(
        productsFolder.appendingPathComponent("motet").path, job.arguments("killed"))
      // A line says that a round is over and its checkpoint is being written.
      try waitUntil { !running.process.isRunning || running.output.contains("/5") }
      usleep(UInt32(random.index(below: 700_000)))
      if running.process.isRunning { deaths += 1 }
      kill(running.process.processIdentifier, SIGKILL)
      _ = running.wait()
    }
    #expect(deaths > 0)
    #expect(hash(try run("motet", job.arguments("killed"))) == expected)
  }

  /// SIGTERM: the round is given up, the last complete one is kept, exit code 85.
  @Test func leavesWhenAskedTo() throws {
    let job = try SmallJob(rounds: 3)
    let expected = hash(try run("motet", job.arguments("whole")))
    // Alone: mpirun answers SIGTERM with a code of its own (SIGUSR1 it passes on).
    let running = try RunningProcess(
      productsFolder.appendingPathComponent("motet").path,
      job.arguments("stopped", "federation.checkpoint_every=9"))
    try waitUntil { running.output.contains("round 1/3") }
    running.process.terminate()
    #expect(running.wait().status == 85)
    let continued = try run(
      "motet", job.arguments("stopped", "federation.checkpoint_every=9"))
    #expect(hash(continued) == expected, "\(continued.errors)")
  }

  /// A damaged newest checkpoint: the one before serves, with a warning.
  @Test func fallsBackToTheCheckpointBefore() throws {
    let job = try SmallJob(rounds: 3)
    let expected = hash(try run("motet", job.arguments("run")))
    let newest = job.folder.path("run/checkpoint-000003.h5")
    let bytes = try #require(FileManager.default.contents(atPath: newest))
    try writeFile(newest, bytes.prefix(bytes.count / 2))
    let continued = try run("motet", job.arguments("run"))
    #expect(hash(continued) == expected)
    #expect(continued.errors.contains("checkpoint-000003.h5"))
  }

  /// `--fresh` moves the old run aside; another job's checkpoint is refused with what differs.
  @Test func startsOverOnlyWhenTold() throws {
    let job = try SmallJob(rounds: 3)
    let first = try run("motet", job.arguments("run", "federation.rounds=1"))
    #expect(first.status == 0, "\(first.errors)")
    let other = try run("motet", job.arguments("run", "training.rate=0.5"))
    #expect(other.status != 0)
    #expect(other.errors.contains("training.rate 0.03 -> 0.5"), "\(other.errors)")
    let fresh = try run(
      "motet", job.arguments("run", "training.rate=0.5", "federation.rounds=1") + ["--fresh"])
    #expect(fresh.status == 0, "\(fresh.errors)")
    #expect(job.folder.names.contains("run.old-1"))
  }
}

/// The process of a rank of the run whose files lie in `folder`.
func rankProcess(_ rank: Int, of folder: String) -> pid_t? {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return names.compactMap { pid_t($0) }.first { process in
    func text(_ file: String) -> String {
      let data = FileManager.default.contents(atPath: "/proc/\(process)/\(file)") ?? Data()
      return String(decoding: data, as: UTF8.self)
    }
    return text("cmdline").contains(folder)
      && text("environ").contains("\(rankVariable)=\(rank)\u{0}")
  }
}
