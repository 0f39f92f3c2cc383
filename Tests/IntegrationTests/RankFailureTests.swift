import Foundation
import TestSupport
import Testing

/// What happens to the others when something happens to some.
@Suite(.serialized) struct RankFailureTests {
  /// One rank fails alone, in a client's training: it names itself, the round and the client, and
  /// nobody waits for it.
  @Test func trainingThatDivergesNamesRankRoundAndClient() throws {
    let job = try SmallJob()
    let result = try mpirun(3, "motet", job.arguments("run", "training.rate=1e30"))
    #expect(result.status == 1)
    let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("motet: ") }
    #expect(!lines.isEmpty, "\(result.errors)")
    for line in lines {
      #expect(line.hasPrefix("motet: rank ") && line.contains(": round 1, client "), "\(line)")
    }
  }

  /// The signal that Slurm sends before the time limit, to mpirun: it passes on the signal and the
  /// ranks' exit code.
  /// MPICH's launcher passes no such signal on: it ends, and its ranks with it.
  @Test(.enabled(if: !usesMPICH)) func aSignalToMpirunStopsAllRanksAfterARound() throws {
    let job = try SmallJob(rounds: 3)
    let expected = hash(try run("motet", job.arguments("whole")))
    let running = try startMPI(3, "motet", job.arguments("stopped"))
    try waitUntil { running.output.contains("round 1/3") }
    kill(running.process.processIdentifier, SIGUSR1)
    let stopped = running.wait()
    #expect(stopped.status == 85, "\(stopped.errors)")
    #expect(stopped.errors.contains("stopped by a signal after round "))
    #expect(hash(try mpirun(2, "motet", job.arguments("stopped"))) == expected)
  }

  /// A limit on the address space is a limit on the plan: 67 million weights in the head, six
  /// times.
  @Test func aPlanBeyondALimitIsRefused() throws {
    let job = try SmallJob()
    let motet = productsFolder.appendingPathComponent("motet").path
    let arguments = job.arguments("run", "encoder.hidden=8192", "encoder.projection=8192")
    let result = try RunningProcess(
      "/bin/sh", ["-c", "ulimit -v 2000000; exec \"$@\"", "sh", motet] + arguments
    ).wait()
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("motet: ") && result.errors.contains("MiB are free"))
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(!job.folder.names.contains("run"))
  }
}
