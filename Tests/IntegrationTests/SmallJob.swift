import Foundation
import TestSupport

/// A folder with a small data set, its shards and a job: two rounds of six clients take seconds.
struct SmallJob {
  let folder = TemporaryFolder()
  /// `--set` for every run.
  private let settings: [String]
  var path: String { folder.path("small.yaml") }

  /// Makes the data set once for all tests of a process, and the shards.
  init(clients: Int = 12, alpha: Double = 1, rounds: Int = 2, settings: [String] = []) throws {
    self.settings = settings
    try FileManager.default.copyItem(
      atPath: Self.data.path("data.h5"), toPath: folder.path("data.h5"))
    folder.write(
      "small.yaml",
      """
      name: small
      seed: 3
      data: { image: data.h5, audio: data.h5 }
      clients: { count: \(clients), alpha: \(alpha) }
      encoder: { name: resnet18, input: 32 }
      training: { local_epochs: 1, batch: 16 }
      federation: { rounds: \(rounds), participation: 50% }
      monitor: { every: 2, knn: { k: 20 } }
      """)
    let result = try run("motet", ["shard", path])
    guard result.status == 0 else { throw Failure(text: result.errors) }
  }

  /// Never changed once made, and gone with the process.
  nonisolated(unsafe) private static let data: TemporaryFolder = {
    let folder = TemporaryFolder()
    let result = try! run(
      "motet",
      [
        "data", "synthesize", "--to", folder.path("data.h5"), "--images", "120", "--sounds", "80",
        "--classes", "4", "--side", "16",
      ])
    precondition(result.status == 0, result.errors)
    atexit { try? FileManager.default.removeItem(atPath: SmallJob.data.path) }
    return folder
  }()

  /// Arguments of a run whose files lie in a folder of their own.
  func arguments(_ name: String, _ more: String...) -> [String] {
    ["run", path, "--set", "results=\(folder.path(name))"]
      + (settings + more).flatMap { ["--set", $0] }
  }

  struct Failure: Error { let text: String }
}

/// The last line of a run.
func hash(_ result: ProcessResult) -> String? {
  result.lines.last.flatMap { $0.hasPrefix("model sha256 ") ? $0 : nil }
}
