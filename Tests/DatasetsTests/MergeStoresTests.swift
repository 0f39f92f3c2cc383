import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct MergeStoresTests {
  /// A store of images of one pixel, whose values are given, with names and speakers.
  private func write(
    _ path: String, classes: [String], _ samples: [(split: String, label: Int, value: UInt8)],
    names: Bool = true, side: Int = 1
  ) throws {
    try saveStore(path) { writer in
      try writer.setClasses(classes, of: "image")
      for (row, sample) in samples.enumerated() {
        let pixels = [UInt8](repeating: sample.value, count: 3 * side * side)
        try writer.add(
          .dense(pixels, shape: [side, side, 3]), label: sample.label, modality: "image",
          split: sample.split, group: "speaker \(row % 2)", name: names ? "\(row).png" : nil)
      }
    }
  }

  private func merge(_ folder: String, _ names: [String], prefix: Bool = true) throws -> [String] {
    try mergeStores(
      names.map { "\(folder)/\($0).h5" }, to: "\(folder)/merged.h5", prefix: prefix,
      modality: { _ in Counting() }, progress: { _, _ in })
  }

  private func refusal(_ folder: String, _ names: [String], prefix: Bool = true) -> String {
    let said = message { _ = try merge(folder, names, prefix: prefix) } ?? "nothing was refused"
    let left = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return left.contains { $0.contains("merged") } ? "left behind: \(left)" : said
  }

  @Test func classesAndSplitsOfOneNameAreOne() throws {
    try withTemporaryFolder { folder in
      try write(
        "\(folder)/one.h5", classes: ["cat", "dog"],
        [("train", 0, 1), ("train", 1, 2), ("test", 1, 3)])
      try write(
        "\(folder)/two.h5", classes: ["dog", "eel"],
        [("train", 0, 4), ("train", 1, 5), ("val", 0, 6)])
      #expect(try merge(folder, ["one", "two"]).isEmpty)
      let store = try SampleStore.open("\(folder)/merged.h5")
      try store.verify()
      #expect(store.classes("image") == ["cat", "dog", "eel"])
      #expect(store.splits == ["test", "train", "val"])
      #expect(try store.labels("image", split: "train") == [0, 1, 1, 2])
      #expect(
        bytes(try store.load("image", split: "train", rows: 0..<4)).map { $0[0] } == [1, 2, 4, 5])
      #expect(
        try store.names("image", split: "train").map(Array.init)
          == ["one/0.png", "one/1.png", "two/0.png", "two/1.png"])
      #expect(try store.grouping("image", split: "val")?.names == ["two/speaker 0"])
      #expect(try store.statistics("image") == ["samples": 4, "bytes": 12])
    }
  }

  @Test func groupsOfOneNameAreOneUnlessTheyHaveTheirStores() throws {
    try withTemporaryFolder { folder in
      try write("\(folder)/one.h5", classes: ["cat"], [("train", 0, 1)], names: false)
      try write("\(folder)/two.h5", classes: ["cat"], [("train", 0, 2)], names: false)
      #expect(try merge(folder, ["one", "two"], prefix: false).isEmpty)
      let store = try SampleStore.open("\(folder)/merged.h5")
      #expect(try store.grouping("image", split: "train")?.counts == [2])
    }
  }

  @Test func imagesAndSoundsInOneStore() throws {
    try withTemporaryFolder { folder in
      try writeStore("\(folder)/one.h5", labels: [0, 1, 1], classes: 2)
      try writeStore("\(folder)/two.h5", labels: [1, 0], classes: 2, sounds: true)
      #expect(try merge(folder, ["one", "two"]).isEmpty)
      let store = try SampleStore.open("\(folder)/merged.h5")
      #expect(store.count("image", "train") == 5 && store.count("audio", "train") == 2)
      #expect(try values(store, 1) == [1, 1])
    }
  }

  @Test func pairsStayPairs() throws {
    try withTemporaryFolder { folder in
      for name in ["one", "two"] {
        try saveStore("\(folder)/\(name).h5") { writer in
          for modality in ["image", "audio"] {
            try writer.setClasses(["a", "b"], of: modality)
          }
          for row in 0..<2 {
            try writer.add(
              .dense([UInt8(row), 0, 0], shape: [1, 1, 3]), label: row, modality: "image",
              split: "train")
            try writer.add(
              .ragged([Int16(row)]), label: 1 - row, modality: "audio", split: "train")
          }
          for row in 0..<2 {
            writer.addPair(["image": row, "audio": 1 - row], split: "train")
          }
        }
      }
      #expect(try merge(folder, ["one", "two"]).isEmpty)
      let pairs = try SampleStore.open("\(folder)/merged.h5").pairs(split: "train")
      #expect(pairs.rows == ["image": [0, 1, 2, 3], "audio": [1, 0, 3, 2]])
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    try withTemporaryFolder { folder in
      try write("\(folder)/one.h5", classes: ["cat"], [("train", 0, 1)])
      try write("\(folder)/two.h5", classes: ["cat"], [("train", 0, 2)])
      try write("\(folder)/large.h5", classes: ["cat"], [("train", 0, 2)], side: 2)
      try write("\(folder)/nameless.h5", classes: ["cat"], [("train", 0, 2)], names: false)
      #expect(
        refusal(folder, ["one", "two"], prefix: false)
          == "\(folder)/two.h5: its 'image' 0.png in split 'train' has the name of another; "
          + "--prefix tells them apart by the names of their stores")
      #expect(
        refusal(folder, ["one", "one"])
          == "\(folder)/one.h5: its 'image' one/0.png in split 'train' has the name of another; "
          + "give the stores' files different names")
      #expect(
        refusal(folder, ["one", "large"])
          == "\(folder)/large.h5: its 'image' of 2×2×3 cannot go with those of 1×1×3 in "
          + "\(folder)/one.h5; import one again with the other's --size")
      #expect(
        try merge(folder, ["one", "nameless"])
          == ["names of 'image' in split 'train' are left out: not all stores have them"])
    }
  }
}
