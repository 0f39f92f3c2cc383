import Catalogues
import Machines
import Sweeps

/// How a cluster's programs are started, in the words of its batch scripts.
extension Cluster {
  /// The options that all of its batch jobs have.
  var options: [String] {
    let named = [("partition", partition), ("account", account), ("qos", qos)]
      .filter { !$0.1.isEmpty }.map { "--\($0.0)=\(quoted($0.1))" }
    return (named + sbatch).map { "#SBATCH \($0)" }
  }

  /// The lines before a program.
  var shellLines: [String] {
    (modules.isEmpty ? [] : ["module load \(modules.map(quoted).joined(separator: " "))"]) + setup
  }

  /// The launcher's words. Open MPI's has to be told of threads, or it binds each rank to one core.
  func launcherWords(threads: Int) -> [String] {
    let words = launcher.split(separator: " ").map(String.init)
    guard threads > 1, Launcher.isOpenMPIs(words[0]), !words.contains("--map-by") else {
      return words
    }
    return words + ["--map-by", "slot:PE=\(threads)"]
  }

  var programWords: [String] {
    guard container.isEmpty else {
      return ["apptainer", "exec", container, program.isEmpty ? "motet" : program]
    }
    return [program.isEmpty ? ChildProcess.ownProgram : program]
  }

  /// What a cell's process starts its ranks with. In a container that is the container's own
  /// launcher: it knows nothing of the batch job, and is told how many. Throws where it cannot be.
  func launcherOfCells(ranks: Int, threads: Int) throws(ConfigurationError) -> String {
    let words = launcherWords(threads: threads)
    guard !container.isEmpty else { return words.joined(separator: " ") }
    guard Launcher.isOfMPI(words[0]) else {
      throw ConfigurationError(
        "launcher",
        "a sweep's cells start their ranks within the container, where there is no "
          + "'\(words[0])'; use mpirun, or a program outside of a container")
    }
    return ranks == 1 ? "" : (words + ["-n", "\(ranks)"]).joined(separator: " ")
  }

  /// Words as a line of the shell.
  func words(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }
}
