import Machines
import MessagePassing

/// How this machine's MPI starts ranks.
public enum Launcher {
  /// Its name. Where Debian has several MPIs, `mpiexec` may be another's.
  public static var program: String {
    if Communicator.isOpenMPI { return "mpirun" }
    let own = ["mpiexec.mpich", "mpiexec.hydra"].first { CapturedProcess.path(of: $0) != nil }
    return own ?? "mpiexec"
  }

  /// The words before a program of so many ranks.
  /// - Parameter isCrowded: there may be more ranks than cores. Open MPI has to be told so; others
  ///   bind no rank to a core unless they are asked to.
  public static func words(ranks: Int, isCrowded: Bool) -> [String] {
    let crowd = isCrowded && Communicator.isOpenMPI ? ["--oversubscribe", "--bind-to", "none"] : []
    return [program, "-n", "\(ranks)"] + crowd
  }

  /// Whether a command is an MPI's own launcher, and no batch system's.
  public static func isOfMPI(_ command: String) -> Bool {
    let name = command.split(separator: "/").last ?? ""
    return name.hasPrefix("mpirun") || name.hasPrefix("mpiexec")
  }

  /// Whether a command is Open MPI's launcher, as far as its name and this build tell.
  public static func isOpenMPIs(_ command: String) -> Bool {
    Communicator.isOpenMPI && isOfMPI(command)
  }
}
