import Files
import Foundation
import Machines

/// Keeps all but one process out of a folder that it writes in: a run's, or that of its
/// evaluations or embeddings. It ends with the process.
public final class FolderLock {
  static let name = ".lock"
  private let lock: FileLock

  /// Who is at work in a folder, a process of this machine; nil where nobody is.
  public static func holder(_ folder: String) -> String? {
    let path = "\(folder)/\(name)"
    guard FileLock.isHeld(path) else { return nil }
    return FileLock.owner(path) ?? "another process"
  }

  /// Throws where another process has the folder, naming it.
  /// - Parameters:
  ///   - use: what the folder is written for, as in "a run".
  ///   - note: told where the file system has no locks.
  public init(_ folder: String, for use: String, note: (String) -> Void) throws {
    let path = "\(folder)/\(Self.name)"
    guard let lock = try FileLock(path, owner: "\(Machine().host), process \(getpid())") else {
      let owner = FileLock.owner(path).map { " (\($0))" } ?? ""
      throw JobError(
        path: folder,
        message: "\(use) is at work here in another process\(owner); wait for its end, or stop it")
    }
    if !lock.isKept {
      note(
        "\(folder): its file system has no locks: see that no other process is at work here "
          + "(Lustre has them where it is mounted with -o flock)")
    }
    self.lock = lock
  }
}
