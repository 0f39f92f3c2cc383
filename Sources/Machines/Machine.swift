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
      Self.field("model name", of: "/proc/cpuinfo") ?? "unknown processor"
    cores = Self.usableCores()
    availableMemory = Self.memory()
  }

  /// The cores that this process may run on, by the kernel's numbers; empty where it does not say.
  public static func allowedCores() -> Set<Int> {
    field("Cpus_allowed_list", of: "/proc/self/status").map { cores(ofList: $0) } ?? []
  }

  /// Those, as far as the control group gives time for them.
  private static func usableCores() -> Int {
    let allowed = allowedCores().count
    let count = allowed > 0 ? allowed : ProcessInfo.processInfo.activeProcessorCount
    return min(count, ControlGroup().cores.map { max(1, Int($0)) } ?? count)
  }

  /// Of a kernel's list of numbers, as in "0-3,8".
  static func cores(ofList list: String) -> Set<Int> {
    list.split(separator: ",").reduce(into: []) { cores, range in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      if let first = ends.first, let last = ends.last, first <= last {
        cores.formUnion(first...last)
      }
    }
  }

  /// The least of what the system has free, what the control group has left, and what a limit on
  /// this process's address space (ulimit -v) leaves.
  private static func memory() -> Int {
    var available = Int.max
    if let text = field("MemAvailable", of: "/proc/meminfo"),
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
    return min(available, ControlGroup().memory ?? available)
  }

  /// What stands after a key and a colon in a file of the kernel's.
  static func field(_ key: String, of path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
