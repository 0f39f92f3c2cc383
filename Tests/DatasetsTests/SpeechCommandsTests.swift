import Catalogues
import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct SpeechCommandsTests {
  private func writeTree(_ folder: String) throws {
    for (index, path) in [
      "yes/a_nohash_0", "yes/b_nohash_0", "yes/c_nohash_1", "no/a_nohash_0", "no/d_nohash_0",
      "_background_noise_/pink_noise",
    ].enumerated() {
      try writeFile("\(folder)/\(path).wav", tone(1_000 + index, rate: 16_000))
    }
    try writeLines("\(folder)/validation_list.txt", ["yes/b_nohash_0.wav"])
    try writeLines("\(folder)/testing_list.txt", ["yes/c_nohash_1.wav", "no/a_nohash_0.wav"])
    try writeLines("\(folder)/README.md", ["# Speech Commands"])
  }

  @Test func listsMakeTheSplits() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/speech"
      try writeTree(folder)
      let store = try importTree(["name": "speechcommands"], folder).store
      #expect(store.splits == ["test", "train", "validation"])
      #expect(store.classes("audio") == ["no", "yes"])
      #expect(try store.labels("audio", split: "train") == [0, 1])
      #expect(try store.lengths("audio", split: "train") == [1_004, 1_000])
      #expect(try store.lengths("audio", split: "validation") == [1_001])
      #expect(try store.lengths("audio", split: "test") == [1_003, 1_002])
      #expect(try store.labels("audio", split: "test") == [0, 1])
      // The speakers, whatever the word and however often.
      #expect(try store.grouping("audio", split: "train") == Grouping(["d", "a"]))
      #expect(try store.grouping("audio", split: "validation") == Grouping(["b"]))
      #expect(try store.grouping("audio", split: "test") == Grouping(["a", "c"]))
      // What libsndfile reads is what was written.
      #expect(try values(store, 1) == (0..<1_000).map { Int16($0 % 100 * 50) })
    }
  }

  @Test func whatIsMissingOrDamagedIsNamed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/speech"
      let settings: Tree = ["name": "speechcommands"]
      try writeTree(folder)
      try writeFile("\(folder)/yes/a_nohash_0.wav", Array("no sound".utf8))
      try FileManager.default.removeItem(atPath: "\(folder)/no/a_nohash_0.wav")
      #expect(
        refusal(settings, folder).hasPrefix(
          "\(folder)/no/a_nohash_0.wav: is in testing_list.txt but not there"))
      let (store, damaged, _) = try importTree(settings, folder, skipDamaged: true)
      #expect(
        damaged.count == 2 && damaged[1].hasPrefix("\(folder)/yes/a_nohash_0.wav: unreadable"))
      #expect(store.count("audio", "train") == 1 && store.count("audio", "test") == 1)
      try FileManager.default.removeItem(atPath: "\(folder).h5")

      try writeLines("\(folder)/testing_list.txt", ["yes/b_nohash_0.wav"])
      #expect(
        refusal(settings, folder)
          == "\(folder)/testing_list.txt: yes/b_nohash_0.wav is in validation_list.txt too")
      try FileManager.default.createDirectory(
        atPath: "\(folder)/up", withIntermediateDirectories: true)
      try writeLines("\(folder)/testing_list.txt", ["yes/c_nohash_1.wav"])
      #expect(refusal(settings, folder) == "\(folder)/up: holds no .wav files")
      try FileManager.default.removeItem(atPath: "\(folder)/testing_list.txt")
      #expect(refusal(settings, folder).hasPrefix("\(folder)/testing_list.txt: is missing"))
    }
  }
}
