import ArgumentParser
import Foundation
import Machines
import MessagePassing
import Sweeps

/// A sweep file.
struct SweepArguments: ParsableArguments {
  @Argument(help: "The sweep file (YAML).", completion: .file(extensions: ["yaml"]))
  var file: String

  @Flag(help: "More than \(Sweep.mostCells) cells are meant.")
  var yes = false

  func load() throws -> Sweep { try Sweep.load(file, limit: yes ? nil : Sweep.mostCells) }
}

/// How a sweep's runs are started.
struct LauncherArguments: ParsableArguments {
  @Option(help: "Ranks of each run, by mpirun; 1 is one process without MPI.")
  var ranks: Int?

  @Option(
    help: ArgumentHelp(
      "What starts the ranks instead, as in 'srun --mpi=pmix', or 'mpirun' in a job of Slurm.",
      valueName: "command"))
  var launcher: String?

  func validate() throws {
    if let ranks, ranks < 1 { throw ValidationError("--ranks \(ranks): at least 1") }
    guard ranks == nil || launcher == nil else {
      throw ValidationError("give --ranks or --launcher; a launcher says its ranks itself")
    }
  }

  /// The words before the program. Throws where this process is itself one of some ranks.
  func words() throws -> [String] {
    guard !Communicator.isRank else {
      throw ValidationError("start the sweep once, without mpirun; --ranks starts its ranks")
    }
    if let launcher { return launcher.split(separator: " ").map(String.init) }
    guard let ranks, ranks > 1 else { return [] }
    // More ranks than cores: a worker a core, and rank 0, which aggregates and sleeps in between.
    return Launcher.words(ranks: ranks, isCrowded: ranks > Machine().cores)
  }
}
