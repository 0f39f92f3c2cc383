import Catalogues
import Datasets
import Foundation
import TestSupport
import Testing

/// A pipe to which nobody writes, under the name of a file that an importer opens.
@Suite(.serialized) struct PipesTests {
  private static let refused = "is a folder, a pipe or a device, and no file"

  @Test(arguments: [
    ("mnist", "train-images-idx3-ubyte"), ("mnist", "train-images-idx3-ubyte.gz"),
    ("cifar10", "data_batch_1.bin"), ("cifar10", "batches.meta.txt"),
    ("tinyimagenet", "wnids.txt"), ("esc50", "meta/esc50.csv"), ("vggsound", "vggsound.csv"),
    ("epicsounds", "EPIC_Sounds_train.csv"), ("speechcommands", "validation_list.txt"),
  ])
  func pipesAreNotWaitedFor(importer: String, file: String) throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/data"
      // What is looked at before.
      let names = (0..<10).map { "class\($0)" }
      for name in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin", "word/a.wav"] {
        try writeFile("\(folder)/\(name)", [])
      }
      try writeLines("\(folder)/batches.meta.txt", names)
      try writeFile("\(folder)/meta/a", [])
      for prefix in ["train", "t10k"] {
        for kind in ["images-idx3", "labels-idx1"] where !file.hasSuffix(".gz") {
          try writeFile("\(folder)/\(prefix)-\(kind)-ubyte", [])
        }
      }
      let path = "\(folder)/\(file)"
      unlink(path)
      #expect(mkfifo(path, 0o600) == 0)
      let said = refusal(["name": .text(importer)], folder)
      #expect(said.hasPrefix("\(path): \(Self.refused)"), "\(said)")
    }
  }

  @Test func aPipeAsAPartitionIsNotWaitedFor() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.csv"
      #expect(mkfifo(path, 0o600) == 0)
      try writeStore("\(folder)/a.h5", labels: [0, 1], classes: 2)
      let said = message {
        let source = try ShardPlan.Source(
          path: "\(folder)/a.h5", partitioner: ["name": "file", "path": .text(path)])
        let plan = ShardPlan(sources: ["image": source], clients: 1, seed: 1)
        try makeShards(plan: plan, to: "\(folder)/shards")
      }
      #expect(said?.contains(Self.refused) == true, "\(said ?? "nothing")")
    }
  }
}
