import Foundation
import TestSupport

/// A Slurm of this machine alone, gone with the last reference to it.
final class SlurmCluster {
  /// Why there is none; nil where there is.
  private(set) var reason: String?
  private let folder = TemporaryFolder()
  private var process: RunningProcess?

  init(nodes: Int, processors: Int) {
    do {
      let process = try RunningProcess(
        repository("Tests/Slurm/cluster.sh"), [folder.path, "\(nodes)", "\(processors)"])
      self.process = process
      while process.process.isRunning, !process.output.contains("ready") { usleep(20_000) }
      guard !process.process.isRunning else { return }
      reason = process.wait().errors.trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      reason = "\(error)"
    }
  }

  deinit {
    process?.process.terminate()
    _ = process?.wait()
  }

  /// Runs a program in this Slurm.
  func run(_ program: String, _ arguments: [String]) throws -> ProcessResult {
    try RunningProcess(
      "/usr/bin/env", [program] + arguments,
      environment: [
        "SLURM_CONF": folder.path("slurm.conf"),
        "PATH": productsFolder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
        // All nodes are this machine, and have its cores together.
        "OMPI_MCA_hwloc_base_binding_policy": "none",
        "OMPI_MCA_oob_tcp_if_include": "lo", "OMPI_MCA_btl_tcp_if_include": "lo",
      ]
    ).wait()
  }
}
