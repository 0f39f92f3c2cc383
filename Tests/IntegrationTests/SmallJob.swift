import Foundation
import Media
import Tensors
import TestSupport

/// A folder with a small data set, its shards and a job: two rounds of six clients take seconds.
struct SmallJob {
  let folder = TemporaryFolder()
  /// Small: what tests compare is seldom the network.
  static let vit =
    "name: vit, input: 32, patch: 8, width: 64, depth: 2, heads: 2, mlp: 128, hidden: 64"
  /// With BatchNorm, whose statistics go with the model.
  static let resNet18 = "name: resnet18, input: 32"
  /// `--set` for every run.
  private let settings: [String]
  var path: String { folder.path("small.yaml") }

  /// Makes the data set once for all tests of a process, and the shards.
  init(
    clients: Int = 12, alpha: Double = 1, rounds: Int = 2, encoder: String = resNet18,
    settings: [String] = []
  ) throws {
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
      encoder: { \(encoder) }
      training: { local_epochs: 1, batch: 16, smallest_batch: 2 }
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

  /// `pairs.h5`: of each of four classes 16 images and sounds to train on, and 4 to be measured on.
  func makePairs() throws {
    var random = RandomStream(seed: 1, purpose: .synthesis)
    for (split, count) in [("train", 16), ("test", 4)] {
      for label in 0..<4 {
        for i in 0..<count {
          let place = "\(split)/class\(label)/\(i)"
          for kind in ["images", "sounds"] {
            try FileManager.default.createDirectory(
              atPath: folder.path("\(kind)/\(split)/class\(label)"),
              withIntermediateDirectories: true)
          }
          let pixels = (0..<16 * 16 * 3).map {
            UInt8((40 * label + $0 % 3 + random.index(below: 90)) & 255)
          }
          try Picture(width: 16, height: 16, pixels: pixels)
            .writePNG(folder.path("images/\(place).png"))
          let samples = (0..<4000).map {
            Int16(4000 * sin(Double($0) * 0.1 * Double(label + 1)))
              + Int16(random.index(below: 3000))
          }
          try writeFile(folder.path("sounds/\(place).wav"), waveFile(samples, rate: 16_000))
        }
      }
    }
    for arguments in [
      [
        "import", "image-folder", "--from", folder.path("images"), "--to", folder.path("images.h5"),
      ],
      [
        "import", "sound-folder", "--from", folder.path("sounds"), "--to", folder.path("sounds.h5"),
      ],
      [
        "pair", "--data", "image=\(folder.path("images.h5"))", "--data",
        "audio=\(folder.path("sounds.h5"))", "--to", folder.path("pairs.h5"),
      ],
    ] {
      let result = try run("motet", ["data"] + arguments)
      guard result.status == 0 else { throw Failure(text: result.errors) }
    }
  }

  struct Failure: Error { let text: String }
}

/// The last line of a run.
func hash(_ result: ProcessResult) -> String? {
  result.lines.last.flatMap { $0.hasPrefix("model sha256 ") ? $0 : nil }
}
