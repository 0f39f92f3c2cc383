import Foundation
import HDF5

/// What a folder's file system gives to a run, tried out.
public struct FolderCheck {
  /// Bytes that this user may still write.
  public let free: Int
  /// What would go wrong, each with its mend, in a line.
  public private(set) var advice: [String] = []

  /// Less than this is soon full of checkpoints.
  private static let littleSpace = 2 << 30

  /// Makes files in the folder and removes them.
  public init(_ folder: String) {
    var status = statvfs()
    free = statvfs(folder, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : 0
    guard FileSystem.isFolder(folder) else {
      advice.append("there is no such folder; make it, or name another")
      return
    }
    let probe = "\(folder)/.motet-doctor-\(getpid())"
    defer { for path in [probe, "\(probe).h5"] { unlink(path) } }
    do {
      let lock = try FileLock(probe)
      if lock?.isKept != true {
        advice.append(
          "its file system has no locks: see that no two processes have one run's folder (Lustre has "
            + "them where it is mounted with -o flock)")
      }
    } catch {
      advice.append("files cannot be made in it (\(error)); give 'results' another place")
      return
    }
    do { _ = try HDF5File.create("\(probe).h5") } catch {
      advice.append(
        "HDF5 cannot make a file in it (\(error)); where locks are the cause, "
          + "HDF5_USE_FILE_LOCKING=FALSE does without")
    }
    if free < Self.littleSpace {
      advice.append(
        "\(free >> 20) MiB are free: checkpoints may not fit; make room, or give 'results' another "
          + "place")
    }
  }
}
