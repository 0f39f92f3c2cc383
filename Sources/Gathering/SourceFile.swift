import Checkpoints
import Files
import Foundation
import Jobs

/// A file of a run, and by what a change of it is noticed.
struct SourceFile: Equatable {
  /// Inside the run's folder.
  let name: String
  let stamp: FileStamp

  /// The files of a run that gathering reads, by name.
  static func files(of run: String, embeddings: Bool) -> [SourceFile] {
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
    return all.sorted().compactMap { SourceFile(run, $0) }
  }

  /// Nil where there is no such file.
  private init?(_ run: String, _ name: String) {
    guard let stamp = FileStamp(of: "\(run)/\(name)") else { return nil }
    self.name = name
    self.stamp = stamp
  }

  static func table(_ files: [SourceFile]) -> Table {
    Table(
      [
        "file": .texts(files.map(\.name)), "bytes": .wholes(files.map(\.stamp.bytes)),
        "modified": .wholes(files.map(\.stamp.modified)),
      ], count: files.count)
  }
}
