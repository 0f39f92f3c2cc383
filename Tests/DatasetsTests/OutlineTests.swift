import Catalogues
import Foundation
import Inspection
import TestSupport
import Testing
import Views

@testable import Datasets

@Suite struct OutlineTests {
  let folder = TemporaryFolder()

  func outline(_ name: String, _ options: Tree = [:]) throws -> SampleStore {
    let path = folder.path("\(name).h5")
    try writeOutline(options.with(["name": .text(name)]), to: path)
    return try SampleStore.open(path)
  }

  /// (importer, modality, classes, samples by split): as the makers publish them.
  static let published: [(String, String, Int, [String: Int])] = [
    ("tinyimagenet", "image", 200, ["train": 100_000, "test": 10_000]),
    ("cifar10", "image", 10, ["train": 50_000, "test": 10_000]),
    ("mnist", "image", 10, ["train": 60_000, "test": 10_000]),
    ("vggsound", "audio", 309, ["train": 183_730, "test": 15_446]),
    ("epicsounds", "audio", 44, ["train": 60_056, "test": 8_036]),
    ("speechcommands", "audio", 35, ["train": 84_843, "validation": 9_981, "test": 11_005]),
    ("fsdd", "audio", 10, ["train": 2_700, "test": 300]),
    ("esc50", "audio", 50, ["train": 1_600, "test": 400]),
    ("advance", "audio", 13, ["train": 3_552, "test": 1_523]),
  ]

  @Test func allOfThemArePublished() {
    #expect(Set(outlinedImporters()) == Set(Self.published.map(\.0) + ["counted"]))
  }

  @Test func aDataSetOfGivenNumbers() throws {
    let store = try outline(
      "counted",
      ["modality": "audio", "classes": 3, "train": 100, "test": 0, "seconds": 0.5, "groups": 4])
    #expect(store.splits == ["train"] && store.classes("audio").count == 3)
    #expect(Set(try store.lengths("audio", split: "train")) == [8_000])
    #expect(try store.grouping("audio", split: "train")?.counts == [25, 25, 25, 25])
    let images = try outline("counted", ["train": 10, "size": 7])
    #expect(images.count("image", "train") == 10 && images.count("image", "test") == 10_000)
    #expect(try images.shape("image", split: "train") == [7, 7, 3])
    #expect(message { _ = try outline("counted", ["train": 9]) }?.hasPrefix("train: 9 ") == true)
  }

  @Test(arguments: published) func isTheRealShapeInNoSpace(
    name: String, modality: String, classes: Int, counts: [String: Int]
  ) throws {
    let store = try outline(name)
    #expect(store.outline != nil && store.splits == counts.keys.sorted())
    #expect(store.classes(modality).count == classes)
    for (split, count) in counts {
      #expect(store.count(modality, split) == count)
      let labels = try store.labels(modality, split: split)
      #expect(Set(labels).count == classes)
      if modality == "audio" {
        let lengths = try store.lengths(modality, split: split)
        #expect(lengths.count == count && Set(lengths).count == 1)
      }
    }
    let size = try FileManager.default.attributesOfItem(atPath: store.path)[.size] as? Int
    #expect(try #require(size) < 250_000)
    #expect(try describe(store)[1].contains("an outline"))
  }

  @Test func classesAreEqualAsFarAsThatGoes() throws {
    let store = try outline("vggsound")
    let labels = try store.labels("audio", split: "test")
    let counts = labels.reduce(into: [Int32: Int]()) { $0[$1, default: 0] += 1 }
    #expect(Set(counts.values) == [49, 50] && labels == labels.sorted())
    #expect(try store.lengths("audio", split: "test")[0] == 160_000)
    #expect(try outline("tinyimagenet").shape("image", split: "train") == [64, 64, 3])
  }

  /// Six speakers say each digit equally often.
  @Test func groupsAreWhatIsPublished() throws {
    let store = try outline("fsdd")
    let labels = try store.labels("audio", split: "train")
    let grouping = try #require(try store.grouping("audio", split: "train"))
    #expect(grouping.counts == [Int](repeating: 450, count: 6))
    for digit in 0..<10 {
      let speakers = labels.indices.filter { labels[$0] == digit }.map { grouping.indices[$0] }
      #expect((0..<6).allSatisfy { speaker in speakers.count { $0 == speaker } == 45 })
    }
    let speech = try outline("speechcommands")
    let counts = try speech.splits.map {
      try #require(try speech.grouping("audio", split: $0)).names.count
    }
    #expect(counts.reduce(0, +) == 2_618)
    #expect(try outline("cifar10").grouping("image", split: "train") == nil)
  }

  @Test func optionsOfTheImporterCount() throws {
    let store = try outline("advance", ["size": 128, "test_share": 0.2])
    #expect(try store.shape("image", split: "test") == [128, 128, 3])
    #expect(try store.pairs(split: "test").count == 1_015)
    #expect(try outline("esc50", ["test_folds": [1, 2]]).count("audio", "test") == 800)
    #expect(
      message { _ = try outline("image-folder") }?.contains("there are outlines of: cifar10")
        == true)
  }

  /// As the real stores: 2,700 and 300 pairs.
  @Test func pairsOfOutlinesAreAnOutline() throws {
    let sources = ["image": try outline("mnist").path, "audio": try outline("fsdd").path]
    let path = folder.path("pairs.h5")
    let report = try pairStores(
      sources, to: path, modality: { try modalities.make($0) }, progress: { _, _ in })
    #expect(report.pairs == ["train": 2_700, "test": 300])
    #expect(report.unpaired["train"] == ["image": 57_300, "audio": 0])
    let store = try SampleStore.open(path)
    let pairs = try store.pairs(split: "train")
    #expect(store.outline != nil && pairs.count == 2_700 && pairs[7] == ["image": 7, "audio": 7])
    #expect(try store.shape("image", split: "train") == [28, 28, 3])
    #expect(try store.grouping("audio", split: "test")?.names.count == 6)
    #expect(try store.grouping("image", split: "test") == nil)
  }

  /// Nothing in an outline's file is as large as it says, and sums of lengths must be numbers.
  @Test func sizesThatNoFileHoldsAreRefused() throws {
    let path = folder.path("large.h5")
    try StoreOutline(
      parts: [.init("audio", classes: ["a"], extent: .ragged(1 << 60), counts: ["train": 1])],
      source: "large"
    ).write(path)
    #expect(
      message { _ = try SampleStore.open(path) }
        == "\(path): /train/audio: samples of shape [1152921504606846976], which no file can hold")
  }

  @Test func samplesAreRefused() throws {
    let store = try outline("cifar10")
    let expected =
      "\(store.path): is an outline without samples, good for plans alone; "
      + "import the data set in its place"
    #expect(message { _ = try store.load("image", split: "test", rows: 0..<1) } == expected)
    #expect(message { try store.verify() } == expected)
    let plan = ShardPlan(
      sources: ["image": try .init(path: store.path, partitioner: "dirichlet")], clients: 5,
      seed: 1,
      byReference: true)
    #expect(message { try makeShards(plan: plan, to: folder.path("shards")) } == expected)
    #expect(!folder.names.contains("shards"))
    #expect(try plan.partitions()["image"]?.indices.count == 50_000)
  }
}
