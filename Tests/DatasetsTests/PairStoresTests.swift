import Catalogues
import Datasets
import Foundation
import HDF5
import Inspection
import TestSupport
import Testing

@Suite(.serialized) struct PairStoresTests {
  /// A store of one modality; a sample's value (or every value of its sound) is its row.
  private func write(
    _ path: String, _ modality: String, _ labels: [String: [Int]],
    classes: [String] = ["0", "1", "2"]
  ) throws {
    try saveStore(path) { writer in
      try writer.setClasses(classes, of: modality)
      for (split, labels) in labels.sorted(by: { $0.key < $1.key }) {
        for (row, label) in labels.enumerated() {
          let sample: StoredSample =
            modality == "image"
            ? .dense([UInt8(row), 0, 0], shape: [1, 1, 3]) : .ragged([Int16(row), Int16(row)])
          try writer.add(
            sample, label: label, modality: modality, split: split,
            group: modality == "audio" ? "speaker \(row % 2)" : nil,
            name: modality == "image" ? "\(row).png" : nil)
        }
      }
    }
  }

  private func pair(_ folder: String, _ sources: [String: String]? = nil) throws -> PairReport {
    try pairStores(
      sources ?? ["image": "\(folder)/image.h5", "audio": "\(folder)/audio.h5"],
      to: "\(folder)/pairs.h5", modality: { _ in Counting() }, progress: { _, _ in })
  }

  private func refusal(_ folder: String, _ sources: [String: String]? = nil) -> String {
    let said = message { _ = try pair(folder, sources) } ?? "nothing was refused"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.contains { $0.contains("pairs") } ? "left behind: \(names)" : said
  }

  @Test func ithOfAClassGoesWithIthOfThatClass() throws {
    try withTemporaryFolder { folder in
      let image = [0, 0, 1, 2, 1, 0, 2, 2, 1]
      let audio = [2, 0, 1, 0, 2, 1]
      try write(
        "\(folder)/image.h5", "image", ["train": image, "test": [1, 0, 2], "val": [0]])
      try write("\(folder)/audio.h5", "audio", ["train": audio, "test": [0, 1, 2, 0]])
      let report = try pair(folder)
      #expect(report.pairs == ["train": 6, "test": 3])
      #expect(report.unpaired["train"] == ["image": 3, "audio": 0])
      #expect(report.unpaired["test"] == ["image": 0, "audio": 1])

      let store = try SampleStore.open("\(folder)/pairs.h5")
      try store.verify()
      #expect(store.pairedSplits == ["test", "train"] && store.splits == ["test", "train"])
      #expect(try store.statistics("image") == ["samples": 6, "bytes": 18])
      let pairs = try store.pairs(split: "train")
      #expect(pairs.labels == audio.map { Int32($0) })
      #expect(pairs.rows == ["image": Array(0..<6), "audio": Array(0..<6)])
      #expect(pairs[4] == ["image": 4, "audio": 4])
      // First 2, first 0, first 1, second 0, second 2, second 1.
      let pixels = bytes(try store.load("image", split: "train", rows: 0..<6)).map { $0[0] }
      #expect(pixels == [3, 0, 2, 1, 6, 4])
      for row in 0..<6 { #expect(try values(store, row)[0] == Int16(row)) }
      // Groups come along, where there are some.
      let groups = (0..<6).map { "speaker \($0 % 2)" }
      #expect(try store.grouping("audio", split: "train") == Grouping(groups))
      #expect(try store.grouping("image", split: "train") == nil)
      // So do names.
      let names = try store.names("image", split: "train")
      #expect(names.map(Array.init) == [3, 0, 2, 1, 6, 4].map { "\($0).png" })
      #expect(try store.names("audio", split: "train") == nil)
      // In `test` there are fewer images.
      #expect(try store.pairs(split: "test").labels == [1, 0, 2])
      #expect(try describe(store).contains("pairs of audio and image in train: 6"))
      #expect(
        message { _ = try store.pairs(split: "val") }?.contains("splits with pairs: test, train")
          == true)
    }
  }

  @Test func storesThatDoNotMatchAreRefused() throws {
    try withTemporaryFolder { folder in
      let image = "\(folder)/image.h5"
      let audio = "\(folder)/audio.h5"
      try write(image, "image", ["train": [0, 1, 2]])
      try write(audio, "audio", ["train": [0, 1]], classes: ["0", "1", "dog"])
      // Sources are compared in the order of their names.
      #expect(
        refusal(folder)
          == "\(image): its classes, 3, are not the 3 of \(audio): 2 is in 'image' alone; "
          + "dog in 'audio' alone")
      try write(audio, "audio", ["train": [0, 1]], classes: ["1", "0", "2"])
      #expect(refusal(folder).hasSuffix("they come in another order"))
      try write(audio, "audio", ["train": [0, 1]])
      #expect(
        refusal(folder)
          == "\(audio): split 'train': the class '2' has 0 of audio, 1 of image; no pairs can be made"
      )
      try write(audio, "audio", ["test": [0, 1]])
      #expect(
        refusal(folder)
          == "\(audio): no split is in all stores: audio has test; image has train")
      #expect(
        refusal(folder, ["image": image, "audio": image])
          == "\(image): there is no 'audio'; it has: image")
      #expect(refusal(folder, ["image": image]).hasPrefix("data: pairs need at least two"))
      #expect(
        refusal(folder, ["image": image, "audio": "\(folder)/none.h5"]).hasPrefix(
          "\(folder)/none.h5: open failed"))
    }
  }

  /// Each way in which an index can be wrong, and what must be said of it.
  @Test(arguments: [
    ("row", "row 3 of 3 samples of 'image'"), ("negative", "row -1 of 3 samples of 'image'"),
    ("length", "2 rows of 'audio', 1 of 'image'"),
    ("label", "the samples of pair 1 are of different classes"),
    ("alone", "fewer than two modalities"), ("foreign", "no 'video' in this split"),
    ("classes", "'audio' and 'image' have different classes"),
  ])
  func damagedIndicesAreRefused(_ fault: String, _ expected: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try saveStore(path) { writer in
        try writer.setClasses(["0", "1"], of: "audio")
        try writer.setClasses(fault == "classes" ? ["0", "x"] : ["0", "1"], of: "image")
        for label in [0, 1, 1] {
          try writer.add(
            .dense([1, 2, 3] as [UInt8], shape: [1, 1, 3]), label: label, modality: "image",
            split: "train")
          try writer.add(.ragged([1]), label: label, modality: "audio", split: "train")
        }
      }
      let file = try HDF5File.open(path, writable: true)
      let images: [Int64] =
        switch fault {
        case "row": [0, 3]
        case "negative": [-1, 1]
        case "length": [0]
        case "label": [0, 0]
        default: [0, 2]
        }
      try file.write("/pairs/train/image", images)
      if fault != "alone" { try file.write("/pairs/train/audio", [0, 1] as [Int64]) }
      if fault == "foreign" { try file.write("/pairs/train/video", [0, 1] as [Int64]) }
      try file.finish()
      let said = message { _ = try SampleStore.open(path) } ?? "nothing"
      #expect(said == "\(path): /pairs/train: \(expected)")
    }
  }
}
