import Datasets
import Files
import Foundation
import HDF5
import Inspection
import TestSupport
import Testing

@Suite(.serialized) struct SampleStoreTests {
  @Test func samplesComeBackAsTheyWereWritten() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try writeStore(path, labels: [1, 0, 1, 2, 2], classes: 3, sounds: true)
      let store = try SampleStore.open(path)
      #expect(store.splits == ["train"])
      #expect(store.modalities(in: "train") == ["audio", "image"])
      #expect(store.modalities(in: "test") == [])
      #expect(store.count("image", "train") == 5 && store.count("image", "test") == 0)
      #expect(store.classes("image") == ["c0", "c1", "c2"])
      #expect(try store.labels("audio", split: "train") == [1, 0, 1, 2, 2])
      #expect(try store.statistics("image") == ["samples": 5, "bytes": 15])
      #expect(try store.statistics("audio") == ["samples": 5, "bytes": 30])
      #expect(try store.shape("image", split: "train") == [1, 1, 3])
      #expect(try store.lengths("audio", split: "train") == [1, 2, 3, 4, 5])

      let images = try store.load("image", split: "train", rows: 1..<3)
      #expect(bytes(images) == [[1, 0, 7], [2, 0, 7]])
      #expect(images.labels == [0, 1] && images.modality == "image")
      images.withSample(0) { #expect($0.shape == [1, 1, 3]) }
      let sounds = try store.load("audio", split: "train", indices: [3, 0, 1])
      #expect(sounds.labels == [2, 1, 0])
      let values = (0..<3).map {
        sounds.withSample($0) { Array($0.bytes.bindMemory(to: Int16.self)) }
      }
      #expect(values == [[3, 3, 3, 3], [0], [1, 1]])
      sounds.withSample(0) { #expect($0.shape == [4]) }
      try store.verify()
      #expect(try store.load("image", split: "train", rows: 0..<0).count == 0)
    }
  }

  /// More than the writer gathers before it writes.
  @Test func storesLargerThanTheBufferAreWhole() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      let run = (0..<300_000).map { Int16(truncatingIfNeeded: $0 &* 7) }
      try saveStore(path) { writer in
        try writer.setClasses(["only"], of: "audio")
        for count in [300_000, 1, 299_999, 250_000, 300_000, 300_000, 300_000, 300_000, 300_000] {
          try writer.add(
            .ragged(Array(run.prefix(count))), label: 0, modality: "audio", split: "train")
        }
      }
      let store = try SampleStore.open(path)
      try store.verify()
      let set = try store.load("audio", split: "train", indices: [2, 8])
      set.withSample(0) {
        #expect($0.bytes.bindMemory(to: Int16.self).elementsEqual(run[..<299_999]))
      }
      set.withSample(1) { #expect($0.bytes.bindMemory(to: Int16.self).elementsEqual(run)) }
    }
  }

  @Test func fingerprintsFollowTheContent() throws {
    try withTemporaryFolder { folder in
      func fingerprint(_ labels: [Int], _ classes: Int) throws -> String {
        let path = "\(folder)/a.h5"
        try writeStore(path, labels: labels, classes: classes)
        return try SampleStore.open(path).fingerprint("image", split: "train")
      }
      let first = try fingerprint([0, 1], 2)
      #expect(first.count == 64)
      #expect(try fingerprint([0, 1], 2) == first)
      #expect(try fingerprint([1, 0], 2) != first)
      #expect(try fingerprint([0, 1], 3) != first)
      #expect(try fingerprint([0, 1, 1], 2) != first)
    }
  }

  /// A reader refuses such classes, so none are written.
  @Test func classesAreNamedAndDiffer() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      for (names, wrong) in [
        (["a", ""], "a class has no name"), (["a", "b", "a"], "two classes are called 'a'"),
      ] {
        let said = message { try saveStore(path) { try $0.setClasses(names, of: "image") } }
        #expect(said?.hasSuffix(wrong) == true, "\(said ?? "")")
        #expect(!FileManager.default.fileExists(atPath: path))
      }
    }
  }

  private func writeGrouped(_ path: String, groups: [String]?) throws {
    try saveStore(path) { writer in
      try writer.setClasses(["only"], of: "image")
      for row in 0..<4 {
        try writer.add(
          .dense([UInt8(row), 0, 7], shape: [1, 1, 3]), label: 0, modality: "image", split: "train",
          group: groups?[row])
      }
    }
  }

  /// Stores with groups and without have one fingerprint: shards that were made before match.
  @Test func groupsAreNoPartOfTheFingerprint() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try writeGrouped(path, groups: nil)
      let plain = try SampleStore.open(path)
      #expect(try plain.grouping("image", split: "train") == nil)
      let expected = try plain.fingerprint("image", split: "train")
      try writeGrouped(path, groups: ["b", "a", "b", "b"])
      let store = try SampleStore.open(path)
      try store.verify()
      #expect(try store.fingerprint("image", split: "train") == expected)
      let grouping = try #require(try store.grouping("image", split: "train"))
      #expect(grouping.names == ["b", "a"] && grouping.indices == [0, 1, 0, 0])
      #expect(grouping.counts == [3, 1] && grouping[1] == "a")
      #expect(try describe(store).contains { $0.contains("4 a class, 2 groups of 1–3, ") })
    }
  }

  @Test(arguments: [
    ("fewer", "/train/image: 3 groups for 4 samples; import the data again"),
    ("range", "/train/image: group 2 of sample 3 is out of range: 2 groups; import the data again"),
    ("twice", "/train/image: group names must be there, and differ; import the data again"),
    ("nameless", "/train/image: group names must be there, and differ; import the data again"),
  ])
  func groupsThatDoNotFitAreRefused(_ fault: String, _ expected: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try writeGrouped(path, groups: nil)
      do {
        let file = try HDF5File.open(path, writable: true)
        let indices: [Int32] = fault == "range" ? [0, 1, 0, 2] : [0, 1, 0, 0]
        try file.write("/train/image/group", fault == "fewer" ? Array(indices.prefix(3)) : indices)
        try file.write(
          "/train/image/group_names",
          texts: fault == "twice" ? ["a", "a"] : fault == "nameless" ? ["a", ""] : ["a", "b"])
      }
      #expect(message { _ = try SampleStore.open(path) } == "\(path): \(expected)")
    }
  }

  @Test func askingForWhatIsNotThereNamesWhatIs() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try writeStore(path, labels: [0], classes: 1)
      let store = try SampleStore.open(path)
      #expect(
        message { _ = try store.labels("image", split: "val") }
          == "\(path): there is no split 'val'; it has: train")
      #expect(
        message { _ = try store.labels("video", split: "train") }
          == "\(path): there is no 'video' in split 'train'; it has: image")
      #expect(throws: StoreError.self) { try store.load("image", split: "train", rows: 0..<2) }
    }
  }

  /// Each way in which a file can be wrong, and a part of what must be said of it.
  @Test(arguments: [
    ("label", "label 3 of sample 1 is out of range: 3 classes"),
    ("negative", "label -1 of sample 0 is out of range"),
    ("classes", "class names must be there, and differ"),
    ("nameless", "class names must be there, and differ"),
    ("backwards", "sample 1 has zero length or the offsets run backwards"),
    ("short", "offsets end at 5, samples at 6"),
    ("fewer", "3 offsets for 3 labels; expected one more"),
    ("pixels", "pixels of shape [2, 1, 1, 3] for 3 labels"),
    ("form", "samples in the unknown form 'round'"),
    ("grey", "/train/image: samples of shape [1, 1]; image has [any, any, 3]: import the data"),
    ("colours", "samples of shape [1, 1, 4]; image has [any, any, 3]: import the data again"),
    ("dense sounds", "/train/audio: samples in the form 'dense'; audio is 'ragged': import the"),
    ("long", "label: read failed: an extent of [4398046511104] is more than this file of"),
    ("wide", "pixels: read failed: an extent of [3, 1048576, 1048576, 3] is more than this file"),
    ("rate", "audio at 8000 Hz; expected 16000"),
    ("unclassed", "there are no classes 'image'"),
    ("statistics", "there is no group '/statistics'"),
    ("empty", "holds no samples"),
    ("version", "motet sample store of version 9; this motet reads version 1"),
    ("foreign", "not written by motet; expected a motet sample store"),
  ])
  func whatDoesNotFitIsRefused(_ fault: String, _ expected: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try HDF5File.save(path) { file in
        if fault != "foreign" { try SampleStore.format.stamp(file) }
        if fault == "version" { try file.setAttribute("format_version", Int64(9)) }
        let names =
          fault == "classes" ? [] : fault == "nameless" ? ["a", "", "c"] : ["a", "b", "c"]
        try file.makeGroup("classes")
        if fault != "unclassed" { try file.write("/classes/image", texts: names) }
        try file.write("/classes/audio", texts: ["a", "b", "c"])
        if fault != "statistics" { try file.makeGroup("statistics") }
        guard fault != "empty" else { return }
        let labels: [Int32] =
          fault == "label" ? [0, 3, 1] : fault == "negative" ? [-1, 0, 1] : [0, 2, 1]
        if fault == "long" {
          try file.createDataset("/train/image/label", of: Int32.self, shape: [1 << 42])
        } else {
          try file.write("/train/image/label", labels)
        }
        let rows = fault == "pixels" ? 2 : 3
        let shape =
          switch fault {
          case "grey": [rows, 1, 1]
          case "colours": [rows, 1, 1, 4]
          case "wide": [rows, 1 << 20, 1 << 20, 3]
          default: [rows, 1, 1, 3]
          }
        if fault == "wide" {
          try file.createDataset(
            "/train/image/pixels", of: UInt8.self, shape: shape, chunk: [1, 1, 64, 3])
        } else {
          try file.write(
            "/train/image/pixels", [UInt8](repeating: 0, count: shape.reduce(1, *)), shape: shape)
        }
        try file.setAttribute("form", fault == "form" ? "round" : "dense", on: "/train/image")
        let offsets: [Int64] =
          switch fault {
          case "backwards": [0, 4, 2, 6]
          case "short": [0, 1, 2, 5]
          case "fewer": [0, 3, 6]
          default: [0, 1, 3, 6]
          }
        try file.write("/train/audio/offset", offsets)
        try file.write("/train/audio/samples", [1, 2, 3, 4, 5, 6] as [Int16])
        try file.write("/train/audio/label", [0, 1, 2] as [Int32])
        if fault == "dense sounds" { try file.write("/train/audio/pixels", [1, 2, 3] as [UInt8]) }
        try file.setAttribute(
          "form", fault == "dense sounds" ? "dense" : "ragged", on: "/train/audio")
        try file.setAttribute(
          "sample_rate", Int64(fault == "rate" ? 8_000 : 16_000), on: "/train/audio")
      }
      let said = message { _ = try SampleStore.open(path) } ?? "nothing"
      #expect(said.hasPrefix("\(path): ") && said.contains(expected), "\(said)")
      #expect(!said.contains("\n"))
    }
  }

  @Test(arguments: [Double.infinity, .nan, 1e300]) func statisticsAreNumbers(value: Double) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try writeStore(path, labels: [0, 1], classes: 2)
      try HDF5File.open(path, writable: true)
        .setAttribute("deviation", value, on: "/statistics/image")
      #expect(
        message { _ = try SampleStore.open(path) }
          == "\(path): /statistics/image: 'deviation' is \(value) and no finite number of Float32; "
          + "import the data again")
    }
  }

  /// What cannot be compared is not called verified.
  @Test func samplesWithoutAChecksumAreNamed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try HDF5File.save(path) { file in
        try SampleStore.format.stamp(file)
        try file.makeGroup("/statistics")
        try file.write("/classes/image", texts: ["a"])
        try file.write("/train/image/label", [0] as [Int32])
        try file.write("/train/image/pixels", [1, 2, 3] as [UInt8], shape: [1, 1, 1, 3])
        try file.setAttribute("form", "dense", on: "/train/image")
      }
      #expect(try SampleStore.open(path).verify() == ["/train/image"])
    }
  }

  @Test func changedSamplesAreFound() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try writeStore(path, labels: [0, 1], classes: 2)
      try HDF5File.open(path, writable: true)
        .write("/train/image/pixels", rows: 1..<2, from: [9, 9, 9] as [UInt8])
      let store = try SampleStore.open(path)
      #expect(message { try store.verify() }?.contains("its SHA-256 is not") == true)
    }
  }

  @Test func sheetsAndSummariesCoverEveryModality() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try writeStore(path, labels: [0, 1, 1, 1], classes: 2, sounds: true)
      let store = try SampleStore.open(path)
      let lines = try describe(store)
      #expect(lines.contains("image: 2 classes (c0, c1)"))
      #expect(lines.contains { $0.hasPrefix("  train: 4 samples, 1–3 a class, 1×1×3") })
      #expect(lines.contains { $0.hasPrefix("audio: 2 classes") })
      let sheet = try ContactSheet(columns: 3, rows: 5).draw(store, split: "train")
      #expect(sheet.width > 300 && sheet.height > 200)
    }
  }
}

extension HDF5File {
  fileprivate func write(_ name: String, rows: Range<Int>, from values: [UInt8]) throws {
    try values.withUnsafeBufferPointer { try write(name, rows: rows, from: $0) }
  }
}
