import Foundation

/// What a file or folder is called until it is whole: a hidden name beside its own, so that
/// renaming is atomic, with the host and the process that write it.
public enum TemporaryName {
  /// The name under which this process writes `path`.
  public static func beside(_ path: String) -> String {
    let (folder, prefix) = parts(path)
    return "\(folder)/\(prefix)\(getpid())"
  }

  /// Removes what processes of this host that are no more have left beside `path`. Those of other
  /// hosts cannot be told from living ones.
  public static func removeAbandoned(_ path: String) {
    let (folder, prefix) = parts(path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(prefix) {
      guard let process = pid_t(name.dropFirst(prefix.count)), process > 0 else { continue }
      if kill(process, 0) != 0, errno == ESRCH {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
    }
  }

  private static func parts(_ path: String) -> (folder: String, prefix: String) {
    let url = URL(fileURLWithPath: path)
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    let name = String(
      decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return (
      url.deletingLastPathComponent().path, ".\(url.lastPathComponent).tmp-\(name)-"
    )
  }
}
