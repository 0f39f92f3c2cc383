import ArgumentParser
import Foundation
import Jobs
import Machines
import MessagePassing

/// Pretraining.
struct RunCommand: RankCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Pretrain: alone, under mpirun or srun. The same command continues a stopped run.",
    discussion: """
      Rank 0 aggregates, the others train; alone, one process does both. SIGTERM, \
      SIGUSR1, SIGINT and SIGHUP end the run after the steps in training, with the exit code \
      \(StopSignal.exitCode): run it again. mpirun passes SIGUSR1 on alone.
      """)

  @OptionGroup var arguments: JobArguments

  @Flag(help: "Start over; a run that is there is moved aside. Not again where Slurm requeues.")
  var fresh = false

  func run() throws {
    try onAllRanks { communicator in
      let job = try communicator.agree { try arguments.load() }
      try communicator.tellOfSharedCores()
      let assembly = try Assembly(
        job, communicator: communicator, isStopped: { StopSignal.isReceived }, note: Console.note)
      let run = try Run(
        job, communicator: communicator, assembly: assembly, fresh: fresh,
        observer: ProgressDisplay())
      let hash = try run.train()
      let peak = try communicator.maximum(Int64(peakResidentBytes()))
      if let hash {
        Console.line("results: \(job.results)")
        Console.line("peak memory of a rank: \(peak >> 20) MiB")
        if let performance = run.performance { Console.line("performance: \(performance)") }
        Console.line("model sha256 \(hash)")
      }
    }
  }
}
