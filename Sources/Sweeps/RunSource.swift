import Catalogues
import Files
import Foundation
import Jobs

/// A run's folder among those that a person names, and what its sweep says of it.
public struct RunSource {
  /// Absolute.
  public let path: String
  /// Nil for a run that belongs to no sweep.
  public let sweep: String?
  public let cell: SweepManifest.Cell?

  /// A folder has no run.
  public struct None: Error, CustomStringConvertible {
    let path: String

    public var description: String {
      "\(path): there is no run here; give runs' or sweeps' folders"
    }
  }

  /// The folder that a path stands for: its own, or that of a job or a sweep file. A folder need
  /// not be there: it may be that of a run in a queue.
  public static func folder(of path: String) throws -> String {
    guard FileManager.default.fileExists(atPath: path), !FileSystem.isFolder(path) else {
      return URL(fileURLWithPath: path).standardizedFileURL.path
    }
    return Sweep.isSweep(path) ? try Sweep.load(path).folder : try Job.load(path).results
  }

  /// The runs in folders: a run's own, a sweep's, or one that holds some of these. Throws where a
  /// folder has none.
  /// - Parameters:
  ///   - depth: how many folders deep runs and sweeps are looked for.
  ///   - unreadable: told of folders that may not be looked into.
  public static func find(
    _ paths: [String], depth: Int = 1, warn: (String) -> Void, unreadable: (String) -> Void
  ) throws -> [RunSource] {
    var found: [RunSource] = []
    for path in paths {
      let folder = URL(fileURLWithPath: path).standardizedFileURL.path
      if let reason = Self.refusal(folder) { throw JobError(path: path, message: reason) }
      let own = try below(folder, depth, warn, unreadable)
      guard !own.isEmpty else { throw None(path: path) }
      found += own
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.path).inserted }
  }

  /// The runs of a folder, or where it has none those of the folders in it.
  private static func below(
    _ folder: String, _ depth: Int, _ warn: (String) -> Void, _ unreadable: (String) -> Void
  ) throws -> [RunSource] {
    let own = try inside(folder, warn)
    guard own.isEmpty, depth > 0 else { return own }
    return try names(folder).flatMap { name in
      let path = "\(folder)/\(name)"
      if let reason = Self.refusal(path) { unreadable("\(path): \(reason)") }
      return try below(path, depth - 1, warn, unreadable)
    }
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
  ) throws -> [RunSource] {
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
        RunSource(path: "\(folder)/\($0.folder)", sweep: manifest.name, cell: $0)
      }
    }
    guard isRun(folder) else { return [] }
    let url = URL(fileURLWithPath: folder)
    let parent = url.deletingLastPathComponent().path
    guard SweepManifest.isThere(in: parent),
      let manifest = try? SweepManifest.read(in: parent),
      let cell = manifest.cells.first(where: { $0.folder == url.lastPathComponent })
    else { return [RunSource(path: folder, sweep: nil, cell: nil)] }
    return [RunSource(path: folder, sweep: manifest.name, cell: cell)]
  }

  private static func isRun(_ folder: String) -> Bool {
    let run = RunFolder(folder)
    return FileManager.default.fileExists(atPath: run.resultsFile)
      || RunFailure.read(in: folder) != nil || !run.checkpoints.rounds().isEmpty
  }

  private static func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      .filter { !$0.hasPrefix(".") }
  }
}
