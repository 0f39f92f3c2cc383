import Foundation
import Machines
import MessagePassing

/// How this machine's MPI starts ranks.
enum Launcher {
  /// The words before a program of so many ranks.
  /// - Parameter isCrowded: there may be more ranks than cores. Open MPI has to be told so; others
  ///   bind no rank to a core unless they are asked to.
  static func words(ranks: Int, isCrowded: Bool) -> [String] {
    guard Communicator.isOpenMPI else {
      // Where Debian has several MPIs, `mpiexec` may be another's.
      let own = ["mpiexec.mpich", "mpiexec.hydra"].first { CapturedProcess.path(of: $0) != nil }
      return [own ?? "mpiexec", "-n", "\(ranks)"]
    }
    let crowd = isCrowded ? ["--oversubscribe", "--bind-to", "none"] : []
    return ["mpirun", "-n", "\(ranks)"] + crowd
  }
}
