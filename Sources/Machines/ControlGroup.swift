import Foundation

/// What the control groups of this process allow (Linux's cgroups, versions 1 and 2): a container's
/// or a batch job's share of its node. A group has no more than those above it.
struct ControlGroup {
  /// Files of the groups that this process is in, from its own upwards, by controller.
  private let folders: [String: [String]]

  /// - Parameters:
  ///   - own: what `/proc/self/cgroup` says: `number:controllers:path` a line.
  ///   - mount: where the groups' files are.
  init(
    own: String = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "",
    mount: String = "/sys/fs/cgroup"
  ) {
    var folders: [String: [String]] = [:]
    for line in own.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let names = parts[1].split(separator: ",").map(String.init)
      let path = parts[2].split(separator: "/")
      let ways = (0...path.count).reversed().map { path.prefix($0).joined(separator: "/") }
      // Version 2 has one tree for all controllers, and no name.
      if names.isEmpty { folders[""] = ways.map { "\(mount)/\($0)" } }
      for name in names { folders[name] = ways.map { "\(mount)/\(name)/\($0)" } }
    }
    self.folders = folders
  }

  /// Cores by their time; nil where it is not limited.
  var cores: Double? {
    let second = files("", "cpu.max").compactMap { text -> Double? in
      let numbers = text.split(separator: " ").map { Double($0) }
      guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], period > 0
      else { return nil }
      return quota / period
    }
    let first = zip(files("cpu", "cpu.cfs_quota_us"), files("cpu", "cpu.cfs_period_us"))
      .compactMap { quota, period -> Double? in
        guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0
        else { return nil }
        return quota / period
      }
    return (second + first).min()
  }

  /// Bytes that are left; nil where they are not limited.
  var memory: Int? {
    let pairs =
      Array(zip(files("", "memory.max"), files("", "memory.current")))
      + zip(
        files("memory", "memory.limit_in_bytes"), files("memory", "memory.usage_in_bytes"))
    return pairs.compactMap { limit, used -> Int? in
      guard let limit = Int(limit), let used = Int(used) else { return nil }
      return max(0, limit - used)
    }.min()
  }

  /// What a file of the groups says, where it is there.
  private func files(_ controller: String, _ name: String) -> [String] {
    (folders[controller] ?? []).compactMap {
      (try? String(contentsOfFile: "\($0)/\(name)", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}
