import Foundation

/// Other jobs of this program on cores that this process is bound to. Each `mpirun` binds its ranks
/// from the node's first core on, as if it were alone there, and two of them share what one needs.
public enum CoreSharing {
  /// A line that says so; nil where there is nothing to say.
  /// - Parameter environment: of this process: ranks of one job are told by it.
  public static func warning(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    // What a container has is less than the machine has, and no binding.
    let all = cores("1") ?? Set(0..<Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
    let parents = ancestors()
    guard let own = cores("self"), own.count < all.count, let program = program("self") else {
      return nil
    }
    let job = environment[jobVariable]
    // PMI names no job: on a node its ranks have one parent.
    let isOfPMI = job == nil && environment["PMI_RANK"] != nil
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let others = names.compactMap { pid_t($0) }.filter { process in
      process != getpid() && !parents.contains(process) && Self.program("\(process)") == program
        && (job == nil || Self.job("\(process)") != job)
        && !(isOfPMI && parent(process) == getppid())
    }
    for process in others.sorted() {
      guard let theirs = cores("\(process)"), theirs.count < all.count else { continue }
      let shared = own.intersection(theirs)
      guard !shared.isEmpty else { continue }
      let list = shared.sorted().map(String.init).joined(separator: ", ")
      return "another job, process \(process), is bound to \(shared.count == 1 ? "core" : "cores") "
        + "\(list) as this one is, which slows both down; start one of them with "
        + "'mpirun --bind-to none', or ask Slurm for cores of its own"
    }
    return nil
  }

  /// The same in all ranks of a job, other in another.
  private static let jobVariable = "PMIX_NAMESPACE"

  private static func job(_ process: String) -> String? {
    let data = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
    return String(decoding: data, as: UTF8.self).split(separator: "\0")
      .first { $0.hasPrefix("\(jobVariable)=") }
      .map { String($0.dropFirst(jobVariable.count + 1)) }
  }

  /// Who started this process, and who started that: a sweep waits for its cells.
  private static func ancestors() -> Set<pid_t> {
    var found: Set<pid_t> = []
    var process = getppid()
    while process > 1, found.insert(process).inserted {
      process = parent(process)
    }
    return found
  }

  /// 0 where there is none.
  private static func parent(_ process: pid_t) -> pid_t {
    Machine.field("PPid", of: "/proc/\(process)/status").flatMap { pid_t($0) } ?? 0
  }

  private static func program(_ process: String) -> String? {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")).map {
      URL(fileURLWithPath: $0).lastPathComponent
    }
  }

  private static func cores(_ process: String) -> Set<Int>? {
    Machine.field("Cpus_allowed_list", of: "/proc/\(process)/status").map(Machine.cores(ofList:))
  }
}
