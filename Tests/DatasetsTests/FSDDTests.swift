import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct FSDDTests {
  @Test func fsdd() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/fsdd"
      for (digit, speaker, index) in [
        (0, "ann", 0), (0, "ann", 4), (0, "ann", 5), (7, "bob", 12),
      ] {
        try writeFile(
          "\(folder)/recordings/\(digit)_\(speaker)_\(index).wav", tone(1_000 + index))
      }
      let store = try importTree(["name": "fsdd"], folder).store
      #expect(store.count("audio", "test") == 2 && store.count("audio", "train") == 2)
      #expect(try store.labels("audio", split: "train") == [0, 7])
      #expect(try store.grouping("audio", split: "train") == Grouping(["ann", "bob"]))
      #expect(try store.grouping("audio", split: "test") == Grouping(["ann", "ann"]))
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
      let (store, damaged, _) = try importTree(["name": "fsdd"], folder, skipDamaged: true)
      #expect(damaged.count == 1 && store.count("audio", "test") == 1)
      try FileManager.default.removeItem(atPath: "\(base)/fsdd.h5")
      try FileManager.default.removeItem(atPath: good)
      let said = message { _ = try importTree(["name": "fsdd"], folder, skipDamaged: true) }
      #expect(said == "\(folder): no sample in it could be read")
      try writeFile("\(folder)/recordings/eight.wav", tone(500))
      #expect(refusal(["name": "fsdd"], folder).contains("is not named DIGIT_SPEAKER_INDEX.wav"))
    }
  }
}
