import Catalogues
import Machines

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

  var launcherWords: [String] { launcher.split(separator: " ").map(String.init) }

  var programWords: [String] {
    guard container.isEmpty else {
      return ["apptainer", "exec", container, program.isEmpty ? "motet" : program]
    }
    return [program.isEmpty ? ChildProcess.ownProgram : program]
  }

  /// What a cell's process starts its ranks with. In a container that is the container's own
  /// launcher: it knows nothing of the batch job, and is told how many. Throws where it cannot be.
  func launcherOfCells(ranks: Int) throws(ConfigurationError) -> String {
    guard !container.isEmpty else { return launcher }
    let name = launcherWords.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    guard let name, ["mpirun", "mpiexec"].contains(name) else {
      throw ConfigurationError(
        "launcher",
        "a sweep's cells start their ranks within the container, where there is no "
          + "'\(launcherWords.first ?? "")'; use mpirun, or a program outside of a container")
    }
    return ranks == 1 ? "" : "\(launcher) -n \(ranks)"
  }

  /// Words as a line of the shell.
  func words(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }
}
