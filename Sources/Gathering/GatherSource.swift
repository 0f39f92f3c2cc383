import Catalogues
import Foundation
import Jobs
import Sweeps

/// A run's folder that is to be gathered, and what its sweep says of it.
struct GatherSource {
  /// Absolute.
  let path: String
  /// Nil for a run that belongs to no sweep.
  let sweep: String?
  let cell: SweepManifest.Cell?

  /// The runs in folders: a run's own, a sweep's, or one that holds some of these. Throws where a
  /// folder has none.
  /// - Parameter unreadable: told of folders that may not be looked into.
  static func find(
    _ paths: [String], warn: (String) -> Void, unreadable: (String) -> Void
  ) throws -> [GatherSource] {
    var found: [GatherSource] = []
    for path in paths {
      let folder = URL(fileURLWithPath: path).standardizedFileURL.path
      if let reason = Self.refusal(folder) { throw JobError(path: path, message: reason) }
      var own = try inside(folder, warn)
      if own.isEmpty {
        own = try names(folder).flatMap { name in
          let path = "\(folder)/\(name)"
          if let reason = Self.refusal(path) { unreadable("\(path): \(reason)") }
          return try inside(path, warn)
        }
      }
      guard !own.isEmpty else {
        throw JobError(path: path, message: "there is no run here; give runs' or sweeps' folders")
      }
      found += own
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.path).inserted }
  }

  /// Why a folder's content is not known; nil where it is, and of what is no folder.
  private static func refusal(_ path: String) -> String? {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR, access(path, R_OK | X_OK) != 0 else { return nil }
    } else if errno == ENOENT || errno == ENOTDIR {
      return nil
    }
    return "cannot be looked into (\(String(cString: strerror(errno))))"
  }

  /// The run or the sweep's runs that a folder is; none where it is neither.
  private static func inside(
    _ folder: String, _ warn: (String) -> Void
  ) throws -> [GatherSource] {
    if SweepManifest.isThere(in: folder) {
      let manifest = try SweepManifest.read(in: folder)
      let known = Set(manifest.cells.map(\.folder))
      let others = names(folder).filter { !known.contains($0) && isRun("\(folder)/\($0)") }
      if !others.isEmpty {
        warn(
          "\(folder): left out \(counted(others.count, "run", ("is", "are"))) no cell of the sweep any more"
        )
      }
      return manifest.cells.map {
        GatherSource(path: "\(folder)/\($0.folder)", sweep: manifest.name, cell: $0)
      }
    }
    guard isRun(folder) else { return [] }
    let url = URL(fileURLWithPath: folder)
    let parent = url.deletingLastPathComponent().path
    guard SweepManifest.isThere(in: parent),
      let manifest = try? SweepManifest.read(in: parent),
      let cell = manifest.cells.first(where: { $0.folder == url.lastPathComponent })
    else { return [GatherSource(path: folder, sweep: nil, cell: nil)] }
    return [GatherSource(path: folder, sweep: manifest.name, cell: cell)]
  }

  private static func isRun(_ folder: String) -> Bool {
    let run = RunFolder(folder)
    return FileManager.default.fileExists(atPath: run.resultsFile)
      || !run.checkpoints.rounds().isEmpty
  }

  private static func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      .filter { !$0.hasPrefix(".") }
  }
}
