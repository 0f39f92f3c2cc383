import Catalogues
import Datasets
import Foundation
import Media
import TestSupport
import Testing

@Suite(.serialized) struct FolderImporterTests {
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

  /// One frame at 44.1 kHz is no sample at 16 kHz.
  @Test func aSoundTooShortToKeepIsNamed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/sounds"
      for i in 0..<4 { try writeFile("\(folder)/a/\(i).wav", tone(160, rate: 16_000)) }
      try writeFile("\(folder)/a/short.wav", waveFile([7], rate: 44_100))
      #expect(
        refusal(["name": "sound-folder"], folder)
          == "\(folder)/a/short.wav: the sound is less than one sample long at 16000 Hz; "
          + "--skip-damaged goes on without it")
    }
  }

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
      let settings: Tree = ["name": "image-folder", "size": 4, "test_share": 0.3]
      let store = try importTree(settings, folder).store
      #expect(store.count("image", "train") == 14 && store.count("image", "test") == 6)
      #expect(try store.shape("image", split: "train") == [4, 4, 3])
      let few = try importTree(settings, folder, limit: 2).store
      #expect(few.count("image", "train") == 4 && few.count("image", "test") == 4)
    }
  }

  /// A folder between class and file names its group, where all files have one.
  @Test func foldersBelowClassesAreGroups() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      for (path, colour) in [("a/ann/1", 1), ("a/bob/deeper/1", 2), ("b/ann/1", 3)] {
        try writePicture("\(folder)/train/\(path).png", Colour(UInt8(colour), 0, 0))
      }
      try writePicture("\(folder)/test/a/cleo/1.png", .white)
      let store = try importTree(["name": "image-folder"], folder).store
      #expect(try store.grouping("image", split: "train") == Grouping(["ann", "bob", "ann"]))
      #expect(try store.grouping("image", split: "test") == Grouping(["cleo"]))
      try writePicture("\(folder)/test/a/2.png", .white)
      let mixed = try importTree(["name": "image-folder"], folder).store
      #expect(try mixed.grouping("image", split: "train") == nil)
    }
  }

  @Test func emptyClassFoldersAndDamagedPicturesAreNamed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writePicture("\(folder)/a/1.png", .white)
      try writeFile("\(folder)/b/readme.txt", Array("nothing".utf8))
      #expect(
        refusal(["name": "image-folder"], folder)
          == "\(folder)/b: this class folder has no JPEG or PNG images but 1 file of other kinds "
          + "(1 .txt); convert them, or remove it")
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
