import Federation
import Foundation

/// A file of a run, and by what a change of it is noticed.
struct FileStamp: Equatable {
  /// Inside the run's folder.
  let name: String
  let bytes: Int64
  /// Nanoseconds since 1970.
  let modified: Int64

  /// The files of a run that gathering reads, by name.
  static func files(of run: String, embeddings: Bool) -> [FileStamp] {
    func names(_ folder: String) -> [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(run)/\(folder)")) ?? [])
        .filter { $0.hasSuffix(".h5") && !$0.hasPrefix(".") }.map { "\(folder)/\($0)" }
    }
    let checkpoints = CheckpointFolder(run).rounds().map {
      URL(fileURLWithPath: CheckpointFolder(run).file(round: $0)).lastPathComponent
    }
    let all =
      ["results.h5", RunFailure.fileName] + checkpoints + names("evaluations")
      + (embeddings ? names("embeddings") : [])
    return all.sorted().compactMap { FileStamp(run, $0) }
  }

  /// Nil where there is no such file.
  private init?(_ run: String, _ name: String) {
    var info = stat()
    guard stat("\(run)/\(name)", &info) == 0 else { return nil }
    self.init(
      name: name, bytes: Int64(info.st_size),
      modified: Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec))
  }

  init(name: String, bytes: Int64, modified: Int64) {
    self.name = name
    self.bytes = bytes
    self.modified = modified
  }

  static func table(_ stamps: [FileStamp]) -> Table {
    Table(
      [
        "file": .texts(stamps.map(\.name)), "bytes": .wholes(stamps.map(\.bytes)),
        "modified": .wholes(stamps.map(\.modified)),
      ], count: stamps.count)
  }
}
