import Foundation

/// What the machine gives to this process: not the node's, where a container or Slurm gives less.
public struct Machine: Sendable {
  public let host: String
  public let processor: String
  /// Cores that this process may run on.
  public let cores: Int
  /// Bytes that processes here may still take.
  public let availableMemory: Int

  public init() {
    host = ProcessInfo.processInfo.hostName
    processor =
      Self.field("model name", of: "/proc/cpuinfo", separator: ":") ?? "unknown processor"
    cores = Self.allowedCores()
    availableMemory = Self.memory()
  }

  /// The length of the kernel's list of allowed cores, as in "0-3,8".
  private static func allowedCores() -> Int {
    guard let list = field("Cpus_allowed_list", of: "/proc/self/status", separator: ":") else {
      return ProcessInfo.processInfo.activeProcessorCount
    }
    return list.split(separator: ",").reduce(0) { count, range in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      return count + (ends.last ?? 0) - (ends.first ?? 0) + 1
    }
  }

  /// The least of what the system has free, what the control group has left, and what a limit on
  /// this process's address space (ulimit -v) leaves.
  private static func memory() -> Int {
    var available = Int.max
    if let text = field("MemAvailable", of: "/proc/meminfo", separator: ":"),
      let kibibytes = Int(text.split(separator: " ")[0])
    {
      available = kibibytes * 1024
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
      let bytes = Int(exactly: limit.rlim_cur),
      let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))
        .flatMap({ $0.split(separator: " ").first.flatMap { Int($0) } })
    {
      available = min(available, max(0, bytes - pages * Int(sysconf(Int32(_SC_PAGESIZE)))))
    }
    let groups = [
      ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
      (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes"
      ),
    ]
    for (limit, used) in groups {
      if let limit = number(limit), let used = number(used) {
        available = min(available, max(0, limit - used))
      }
    }
    return available
  }

  private static func number(_ path: String) -> Int? {
    (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
      Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  private static func field(_ key: String, of path: String, separator: Character) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      guard let colon = line.firstIndex(of: separator) else { continue }
      return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
