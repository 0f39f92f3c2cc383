import Catalogues
import Datasets
import Foundation
import Media
import TestSupport
import Testing

@Suite(.serialized) struct ImporterTests {
  /// The options of every importer survive a round trip, and typos are caught.
  @Test(arguments: importers.names)
  func optionsAreStrict(_ name: String) throws {
    _ = try importers.make(try importers.resolve(name))
    #expect(throws: ConfigurationError.self) {
      try importers.make(["name": name, "no_such_option": 1])
    }
  }

  @Test(arguments: importers.names)
  func missingAndEmptyFoldersAreRefused(_ name: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/none"
      #expect(refusal(["name": name], path) == "\(path): there is no such folder")
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
      let said = refusal(["name": name], path)
      #expect(said.hasPrefix(path) && !said.contains("\n"), "\(said)")
    }
  }

  // MARK: CIFAR-10

  private func writeCIFAR(_ folder: String, records: Int = 3) throws {
    let names = (0..<10).map { "class\($0)" }.joined(separator: "\n") + "\n\n"
    try writeFile("\(folder)/batches.meta.txt", Array(names.utf8))
    for (batch, file) in ["1", "2", "3", "4", "5"].map({ "data_batch_\($0).bin" }).enumerated() {
      try writeFile("\(folder)/\(file)", cifarRecords(records, from: batch))
    }
    try writeFile("\(folder)/test_batch.bin", cifarRecords(2, from: 8))
  }

  private func cifarRecords(_ count: Int, from label: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for record in 0..<count {
      bytes.append(UInt8((label + record) % 10))
      for channel in 0..<3 {
        for place in 0..<1_024 {
          bytes.append(UInt8(truncatingIfNeeded: place + channel * 50 + record))
        }
      }
    }
    return bytes
  }

  @Test func cifar10() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/cifar"
      try writeCIFAR(folder)
      let (store, damaged) = try importTree(["name": "cifar10"], folder)
      #expect(damaged.isEmpty)
      #expect(store.count("image", "train") == 15 && store.count("image", "test") == 2)
      #expect(store.classes("image").first == "class0")
      let set = try store.load("image", split: "train", rows: 4..<5)
      #expect(set.labels == [2])  // batch 2, record 1
      set.withSample(0) {
        #expect($0.shape == [32, 32, 3])
        #expect(Array($0.bytes[3..<6]) == [2, 52, 102])
      }
    }
  }

  @Test func damagedCIFAR10() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/cifar"
      try writeCIFAR(folder)
      var records = cifarRecords(3, from: 0)
      records[3_073] = 77
      let path = "\(folder)/data_batch_3.bin"
      try writeFile(path, records.dropLast(10))
      let said = refusal(["name": "cifar10"], folder)
      #expect(
        said == "\(path): record 1: label 77 is out of range 0..9; "
          + "--skip-damaged goes on without it")
      let (store, damaged) = try importTree(["name": "cifar10"], folder, skipDamaged: true)
      #expect(
        damaged == [
          "\(path): record 1: label 77 is out of range 0..9", "\(path): ends within record 2",
        ])
      #expect(store.count("image", "train") == 13)
      #expect(try store.provenance().contains { $0 == ("skipped_files", "2") })
      try FileManager.default.removeItem(atPath: "\(base)/cifar.h5")
      try FileManager.default.removeItem(atPath: "\(folder)/test_batch.bin")
      #expect(
        refusal(["name": "cifar10"], folder).hasPrefix("\(folder)/test_batch.bin: is missing"))
    }
  }

  // MARK: MNIST

  private func word(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(value).bigEndian) { Array($0) }
  }

  private func writeMNIST(_ folder: String, packed: Bool, labels: [UInt8] = [3, 9, 0]) throws {
    for prefix in ["train", "t10k"] {
      let pixels = labels.flatMap { [UInt8](repeating: $0 * 10, count: 784) }
      let images = word(2_051) + word(labels.count) + word(28) + word(28) + pixels
      let ends = packed ? ".gz" : ""
      let write = packed ? gzip : { $0 }
      try writeFile("\(folder)/\(prefix)-images-idx3-ubyte\(ends)", write(images))
      try writeFile(
        "\(folder)/\(prefix)-labels-idx1-ubyte\(ends)",
        write(word(2_049) + word(labels.count) + labels))
    }
  }

  @Test(arguments: [false, true])
  func mnist(packed: Bool) throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/mnist"
      try writeMNIST(folder, packed: packed)
      let store = try importTree(["name": "mnist"], folder).store
      #expect(store.splits == ["test", "train"])
      let set = try store.load("image", split: "test", rows: 0..<3)
      #expect(set.labels == [3, 9, 0])
      set.withSample(1) {
        #expect($0.shape == [28, 28, 3])
        #expect($0.bytes.allSatisfy { $0 == 90 })
      }
    }
  }

  @Test func damagedMNIST() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/mnist"
      try writeMNIST(folder, packed: true)
      let path = "\(folder)/train-images-idx3-ubyte.gz"
      let whole = try #require(FileManager.default.contents(atPath: path))
      try writeFile(path, whole.prefix(whole.count / 2))
      #expect(refusal(["name": "mnist"], folder).hasPrefix("\(path): damaged gzip file"))
      try writeFile(path, gzip(word(2_051) + word(3) + word(28) + word(28) + [1, 2, 3]))
      #expect(
        refusal(["name": "mnist"], folder).hasPrefix("\(path): ends after 0 of 3 records"))
      try writeFile(path, gzip(word(2_051) + word(4) + word(28) + word(28)))
      #expect(refusal(["name": "mnist"], folder).contains("3 labels for 4 images"))
      try writeFile(path, gzip(word(1_234)))
      #expect(
        refusal(["name": "mnist"], folder)
          == "\(path): is no such IDX file: it begins with 1234, not 2051")
      try writeMNIST(folder, packed: true, labels: [1, 10])
      #expect(refusal(["name": "mnist"], folder).contains("record 1: label 10 is out of range"))
    }
  }

  // MARK: Sounds

  private func tone(_ count: Int, rate: Int = 8_000) -> [UInt8] {
    waveFile((0..<count).map { Int16($0 % 100 * 50) }, rate: rate)
  }

  @Test func fsdd() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/fsdd"
      for (digit, index) in [(0, 0), (0, 4), (0, 5), (7, 12)] {
        try writeFile(
          "\(folder)/recordings/\(digit)_ann_\(index).wav", tone(1_000 + index))
      }
      let store = try importTree(["name": "fsdd"], folder).store
      #expect(store.count("audio", "test") == 2 && store.count("audio", "train") == 2)
      #expect(try store.labels("audio", split: "train") == [0, 7])
      let lengths = try store.lengths("audio", split: "train")
      #expect(abs(lengths[0] - 2_010) <= 1 && abs(lengths[1] - 2_024) <= 1)
    }
  }

  @Test func damagedFSDD() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/fsdd"
      let good = "\(folder)/recordings/0_ann_0.wav"
      let bad = "\(folder)/recordings/1_ann_0.wav"
      try writeFile(good, tone(500))
      try writeFile(bad, waveFile([], rate: 8_000))
      #expect(refusal(["name": "fsdd"], folder).hasPrefix("\(bad): a sound of zero length"))
      try writeFile(bad, Array("this is not a sound, whatever its name may say".utf8))
      #expect(refusal(["name": "fsdd"], folder).hasPrefix("\(bad): unreadable sound"))
      try writeFile(bad, tone(500).dropLast(100))
      #expect(refusal(["name": "fsdd"], folder).hasPrefix("\(bad): ends after 900 of 1000 bytes"))
      let (store, damaged) = try importTree(["name": "fsdd"], folder, skipDamaged: true)
      #expect(damaged.count == 1 && store.count("audio", "test") == 1)
      try FileManager.default.removeItem(atPath: "\(base)/fsdd.h5")
      try FileManager.default.removeItem(atPath: good)
      let said = message { _ = try importTree(["name": "fsdd"], folder, skipDamaged: true) }
      #expect(said == "\(folder): no sample in it could be read")
      try writeFile("\(folder)/recordings/eight.wav", tone(500))
      #expect(refusal(["name": "fsdd"], folder).contains("is not named DIGIT_SPEAKER_INDEX.wav"))
    }
  }

  private func writeESC(_ folder: String, _ rows: [String]) throws {
    let heading = "filename,fold,target,category,esc10,src_file,take"
    try writeFile(
      "\(folder)/meta/esc50.csv", Array(([heading] + rows).joined(separator: "\r\n").utf8))
    for row in rows {
      try writeFile("\(folder)/audio/\(row.split(separator: ",")[0])", tone(400, rate: 44_100))
    }
  }

  @Test func esc50ByFold() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/esc"
      try writeESC(
        folder,
        [
          "a.wav,1,0,dog,True,10,A", "b.wav,5,0,dog,True,11,A", "c.wav,2,36,rain,False,12,A",
          "d.wav,5,36,rain,False,13,A",
        ])
      let store = try importTree(["name": "esc50"], folder).store
      #expect(store.classes("audio") == ["dog", "rain"])
      #expect(try store.labels("audio", split: "train") == [0, 1])
      #expect(try store.labels("audio", split: "test") == [0, 1])
      try FileManager.default.removeItem(atPath: "\(folder).h5")
      let said = refusal(["name": "esc50", "test_folds": [4]], folder)
      #expect(said.contains("set split=source"), "\(said)")
      try FileManager.default.removeItem(atPath: "\(folder)/audio/c.wav")
      #expect(
        refusal(["name": "esc50"], folder).hasPrefix("\(folder)/audio/c.wav: No such file"))
    }
  }

  /// Clips of one source stay together.
  @Test func esc50BySource() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/esc"
      let sources = [20, 20, 20, 21, 22, 22, 23, 23]
      try writeESC(
        folder,
        sources.enumerated().map { "a\($0).wav,4,3,cow,False,\($1),A" }
          + sources.enumerated().map { "b\($0).wav,4,9,crow,False,\($1 < 22 ? 30 : 31),A" })
      let settings: [String: Any] = ["name": "esc50", "split": "source", "test_share": 0.25]
      let store = try importTree(settings, folder).store
      // Cows: source 21 (1 clip) fits into 2, then none of 2 any more; crows: 4 and 4, so one of them.
      let counts = try store.labels("audio", split: "test").reduce(into: [0, 0]) {
        $0[Int($1)] += 1
      }
      #expect(counts == [1, 4])
    }
  }

  @Test func soundFolder() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/sounds"
      for i in 0..<5 {
        try writeFile("\(folder)/low/\(i).wav", tone(441 * (i + 1), rate: 44_100))
        try writeFile("\(folder)/high/deeper/\(i).WAV", tone(160, rate: 16_000))
      }
      try writeFile("\(folder)/high/notes.txt", Array("no sound".utf8))
      let store = try importTree(["name": "sound-folder"], folder).store
      #expect(store.classes("audio") == ["high", "low"])
      #expect(store.count("audio", "train") == 8 && store.count("audio", "test") == 2)
      let lengths =
        try store.lengths("audio", split: "train") + store.lengths("audio", split: "test")
      #expect(lengths.sorted().suffix(4).map { ($0 + 1) / 160 } == [2, 3, 4, 5])
    }
  }

  // MARK: Pictures

  @Test func imageFolderWithSplits() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writePicture("\(folder)/train/cat/1.png", Colour(1, 2, 3))
      try writePicture("\(folder)/train/ant/images/1.PNG", Colour(4, 5, 6))
      try writePicture("\(folder)/test/cat/1.png", Colour(7, 8, 9))
      let store = try importTree(["name": "image-folder"], folder).store
      #expect(store.classes("image") == ["ant", "cat"])
      #expect(try store.labels("image", split: "test") == [1])
      #expect(
        bytes(try store.load("image", split: "train", rows: 0..<1))
          == [Picture(width: 6, height: 6, colour: Colour(4, 5, 6)).pixels])
      try FileManager.default.removeItem(atPath: "\(folder).h5")
      try writePicture("\(folder)/test/dog/1.png", .white)
      #expect(
        refusal(["name": "image-folder"], folder)
          == "\(folder)/test/dog: a class that train does not have")
    }
  }

  @Test func imageFolderWithoutSplits() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      for i in 0..<10 {
        try writePicture("\(folder)/a/\(i).png", Colour(UInt8(i), 0, 0), width: 6 + i)
        try writePicture("\(folder)/b/\(i).png", Colour(UInt8(i), 9, 0))
      }
      let said = refusal(["name": "image-folder"], folder)
      #expect(said.contains("is 6×7×3 among samples of 6×6×3; give --size"), "\(said)")
      let settings: [String: Any] = ["name": "image-folder", "size": 4, "test_share": 0.3]
      let store = try importTree(settings, folder).store
      #expect(store.count("image", "train") == 14 && store.count("image", "test") == 6)
      #expect(try store.shape("image", split: "train") == [4, 4, 3])
      let few = try importTree(settings, folder, limit: 2).store
      #expect(few.count("image", "train") == 4 && few.count("image", "test") == 4)
    }
  }

  @Test func emptyClassFoldersAndDamagedPicturesAreNamed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writePicture("\(folder)/a/1.png", .white)
      try writeFile("\(folder)/b/readme.txt", Array("nothing".utf8))
      #expect(
        refusal(["name": "image-folder"], folder)
          == "\(folder)/b: this class folder has no JPEG or PNG images; fill it or remove it")
      try writePicture("\(folder)/b/1.png", .white)
      let path = "\(folder)/b/1.png"
      let whole = try #require(FileManager.default.contents(atPath: path))
      try writeFile(path, whole.dropLast(20))
      let said = refusal(["name": "image-folder"], folder)
      #expect(said.hasPrefix("\(path): damaged PNG") && said.contains("--skip-damaged"), "\(said)")
      #expect(
        refusal(["name": "image-folder", "sise": 3], folder)
          == "sise: unknown key 'sise' (did you mean 'size'?)")
      #expect(refusal(["name": "image-folder", "size": -1], folder).hasPrefix("size: -1 is not"))
      #expect(refusal(["name": "imagefolder"], folder).contains("did you mean 'image-folder'?"))
    }
  }
}

/// A gzip file that stores its content as it is.
private func gzip(_ content: [UInt8]) -> [UInt8] {
  func little(_ value: UInt32, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
  var crc: UInt32 = .max
  for byte in content {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  let length = UInt32(content.count)
  precondition(length < 65_536)
  var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1]
  file += little(length, 2) + little(~length, 2)
  file += content
  file += little(~crc, 4) + little(length, 4)
  return file
}
