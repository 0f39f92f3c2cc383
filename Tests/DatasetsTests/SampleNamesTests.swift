import Catalogues
import Datasets
import Files
import Foundation
import HDF5
import Inspection
import TestSupport
import Testing

/// Samples keep the names of their files.
@Suite(.serialized) struct SampleNamesTests {
  /// Names that a file system allows: whatever bytes they are of, they are found again.
  private static let odd = [
    "a b.png", "ä.png", "a\u{308}.png", "\u{301}.png", "line\nbreak.png", "a#1.png", "'\".png",
    "\\.png", "😀.png", String(repeating: "x", count: 200) + ".png",
  ]

  private func writeOdd(_ folder: String) throws {
    for name in Self.odd + ["deeper/1.png"] { try writePicture("\(folder)/a/\(name)", .white) }
  }

  @Test(arguments: ["", "/", "//"]) func oddNamesComeBack(end: String) throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeOdd(folder)
      _ = try importDataset(
        ["name": "image-folder", "test_share": 0], from: folder + end, to: "\(base)/a.h5",
        policy: ImportSink.Policy(threads: 2), modality: { _ in Counting() }, progress: { _, _ in })
      let store = try SampleStore.open("\(base)/a.h5")
      let names = try #require(try store.names("image", split: "train"))
      // By their bytes: texts of two forms are equal.
      func bytes(_ names: some Sequence<String>) -> Set<[UInt8]> {
        Set(names.map { Array($0.utf8) })
      }
      #expect(names.count == 11)
      #expect(bytes(names) == bytes((Self.odd + ["deeper/1.png"]).map { "a/\($0)" }))
      for name in names { #expect(exists("\(folder)/\(name)")) }
    }
  }

  private func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  @Test func splitsAreAPartOfNames() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      for name in ["train/a/1", "train/b/x/2", "test/a/3"] {
        try writePicture("\(folder)/\(name).png", .white)
      }
      let store = try importTree(["name": "image-folder"], folder).store
      #expect(
        try store.names("image", split: "train").map(Array.init)
          == ["train/a/1.png", "train/b/x/2.png"])
      #expect(try store.names("image", split: "test").map(Array.init) == ["test/a/3.png"])
      #expect(try describe(store).contains("    names, as test/a/3.png"))
    }
  }

  /// One pixel each.
  private func write(_ path: String, names: [String]?, count: Int = 4) throws {
    try saveStore(path) { writer in
      try writer.setClasses(["only"], of: "image")
      for row in 0..<count {
        try writer.add(
          .dense([UInt8(truncatingIfNeeded: row), 0, 7], shape: [1, 1, 3]), label: 0,
          modality: "image", split: "train", name: names?[row])
      }
    }
  }

  /// More than a chunk of them.
  @Test func manyNamesComeBack() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      let names = (0..<30_000).map {
        "class\($0 % 7)/" + String(repeating: "n", count: $0 % 99) + "1"
      }
      try write(path, names: names, count: names.count)
      let store = try SampleStore.open(path)
      try store.verify()
      #expect(try store.names("image", split: "train").map(Array.init) == names)
    }
  }

  /// Stores with names and without have one fingerprint: shards that were made before match.
  @Test func namesAreNoPartOfFingerprints() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      func fingerprints(_ names: [String]?) throws -> [String] {
        try write(path, names: names)
        let plan = ShardPlan(
          sources: ["image": try .init(path: path, partitioner: ["name": "iid"])], clients: 2,
          seed: 1)
        let store = try SampleStore.open(path)
        try store.verify()
        return [try store.fingerprint(), try plan.fingerprint()]
      }
      let expected = try fingerprints(nil)
      let store = try SampleStore.open(path)
      #expect(try store.names("image", split: "train") == nil)
      #expect(try describe(store).contains("    samples without names"))
      #expect(try fingerprints(["d", "c", "b", "a"]) == expected)
    }
  }

  /// A store may be anybody's. What has no use for names reads it all the same.
  @Test(arguments: [
    ("fewer", "4 offsets of names for 4 samples; expected one more"),
    ("start", "5 offsets of names for 4 samples; expected one more"),
    ("backwards", "sample 2 has no name, or the offsets of names run backwards"),
    ("nameless", "sample 1 has no name, or the offsets of names run backwards"),
    ("short", "offsets of names end at 8, names at 7"),
    ("long", "offsets of names end at 8, names at 9"),
    ("zeros", "names with zeros in them"),
  ])
  func namesThatDoNotFitAreRefused(_ fault: String, _ expected: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try write(path, names: nil)
      do {
        let file = try HDF5File.open(path, writable: true)
        var text = Array("abcdefgh".utf8)
        var offsets: [Int64] = [0, 2, 4, 6, 8]
        switch fault {
        case "fewer": offsets.removeLast()
        case "start": offsets[0] = 1
        case "backwards": offsets[3] = -1
        case "nameless": offsets[2] = 2
        case "short": text.removeLast()
        case "long": text.append(7)
        default: text[3] = 0
        }
        try file.write("/train/image/name", text)
        try file.write("/train/image/name_offset", offsets)
      }
      let store = try SampleStore.open(path)
      #expect(try store.load("image", split: "train", rows: 0..<4).count == 4)
      let said = "\(path): /train/image: \(expected); import the data again"
      #expect(message { _ = try store.names("image", split: "train") } == said)
      #expect(message { _ = try store.verify() } == said)
    }
  }

  /// A few bytes can claim any extent.
  @Test func namesThatAFileCannotHoldAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try write(path, names: nil)
      do {
        let file = try HDF5File.open(path, writable: true)
        try file.createDataset("/train/image/name", of: UInt8.self, shape: [1 << 44])
        try file.write("/train/image/name_offset", [0, 1, 2, 3, 1 << 44] as [Int64])
      }
      let said = message { _ = try SampleStore.open(path).names("image", split: "train") }
      #expect(said?.contains("is more than this file of") == true, "\(said ?? "")")
    }
  }
}
