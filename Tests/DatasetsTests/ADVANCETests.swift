import Catalogues
import Datasets
import Foundation
import Media
import TestSupport
import Testing

@Suite(.serialized) struct ADVANCETests {
  /// Ten places of two pairs in each of two classes. Pixels and lengths tell which pair it is.
  private func writeTree(_ folder: String) throws {
    for (label, name) in ["beach", "sparse shrub land"].enumerated() {
      for place in 0..<10 {
        for part in 0..<2 {
          let stem = "\(10_000 + place)_\(part)"
          let number = UInt8(label * 20 + place * 2 + part)
          try writePicture("\(folder)/vision/\(name)/\(stem).jpg", Colour(number, 0, 0))
          try writeFile(
            "\(folder)/sound/\(name)/\(stem).wav", tone(100 + Int(number), rate: 16_000))
        }
      }
    }
  }

  /// The numbers of the pairs of a split, after checking that the two halves have the same.
  private func numbers(_ store: SampleStore, _ split: String) throws -> [Int] {
    let pairs = try store.pairs(split: split)
    #expect(pairs.modalities == ["audio", "image"])
    let images = bytes(
      try store.load("image", split: split, indices: try #require(pairs.rows["image"])))
    let lengths = try store.lengths("audio", split: split)
    return try (0..<pairs.count).map { index in
      let number = Int(images[index][0])
      let sound = try #require(pairs[index]["audio"])
      #expect(lengths[sound] == 100 + number)
      #expect(pairs.labels[index] == Int32(number / 20))
      return number
    }
  }

  @Test func placesDoNotLeak() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/advance"
      try writeTree(folder)
      let store = try importTree(["name": "advance", "size": 4], folder).store
      #expect(store.classes("image") == store.classes("audio"))
      #expect(store.classes("image") == ["beach", "sparse shrub land"])
      #expect(try store.shape("image", split: "train") == [4, 4, 3])
      let train = try numbers(store, "train")
      let test = try numbers(store, "test")
      #expect(train.count == 28 && test.count == 12)
      #expect(Set(train + test).count == 40)
      func places(_ numbers: [Int]) -> Set<Int> { Set(numbers.map { $0 % 20 / 2 }) }
      #expect(places(train).isDisjoint(with: places(test)))
      for modality in ["image", "audio"] {
        let grouping = try #require(try store.grouping(modality, split: "train"))
        #expect(grouping.names == places(train).sorted().map { "\(10_000 + $0)" })
        #expect(grouping.counts == [Int](repeating: 4, count: 7))
      }
    }
  }

  @Test func byPair() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/advance"
      try writeTree(folder)
      #expect(refusal(["name": "advance", "split": "places"], folder).contains("did you mean"))
      let settings: Tree = ["name": "advance", "split": "pair", "size": 0]
      let store = try importTree(settings, folder).store
      let test = try numbers(store, "test")
      #expect(test.count { $0 < 20 } == 6 && test.count { $0 >= 20 } == 6)
      // A limit takes the same pairs of both modalities.
      let few = try importTree(settings, folder, limit: 2).store
      #expect(try numbers(few, "train").count == 4 && numbers(few, "test").count == 4)
    }
  }

  @Test func whatHasNoPartnerIsNamed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/advance"
      let settings: Tree = ["name": "advance", "size": 0]
      try writeTree(folder)
      let lone = "\(folder)/vision/beach/10000_0.jpg"
      try FileManager.default.removeItem(atPath: "\(folder)/sound/beach/10000_0.wav")
      #expect(
        refusal(settings, folder).hasPrefix("\(lone): there is no sound of this name; --skip"))
      try writeFile("\(folder)/sound/beach/10001_0.wav", Array("no sound".utf8))
      let (store, damaged, _) = try importTree(settings, folder, skipDamaged: true)
      #expect(damaged.count == 2 && damaged[0].hasPrefix(lone))
      // The picture whose sound is damaged is there, but in no pair.
      #expect(store.count("image", "train") + store.count("image", "test") == 39)
      #expect(try numbers(store, "train").count + numbers(store, "test").count == 38)
      try FileManager.default.removeItem(atPath: "\(folder).h5")

      try writeFile("\(folder)/more/beach/10003_0.wav", tone(10))
      #expect(refusal(settings, folder).contains("has the class and name of"))
      try FileManager.default.removeItem(atPath: "\(folder)/more")
      try FileManager.default.moveItem(
        atPath: "\(folder)/sound/beach", toPath: "\(folder)/sound/shore")
      #expect(
        refusal(settings, folder) == "\(folder): the class 'beach' has pictures and no sounds")
    }
  }
}
