import Catalogues
import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct SynthesisTests {
  private func make(_ plan: SynthesisPlan, _ path: String) throws -> SampleStore {
    try synthesize(plan, to: path, modality: { _ in Counting() }, progress: { _, _ in })
    return try SampleStore.open(path)
  }

  @Test func bothModalitiesAndSplitsAreThere() throws {
    try withTemporaryFolder { folder in
      let plan = try SynthesisPlan(images: 48, sounds: 24, classes: 5, side: 20)
      let store = try make(plan, "\(folder)/a.h5")
      #expect(store.count("image", "train") == 48 && store.count("image", "test") == 12)
      #expect(store.count("audio", "train") == 24 && store.count("audio", "test") == 6)
      #expect(try store.shape("image", split: "test") == [20, 20, 3])
      #expect(Set(try store.labels("image", split: "test")).count == 5)
      #expect(try store.lengths("audio", split: "train").allSatisfy { 32_000...64_000 ~= $0 })
      let images = bytes(try store.load("image", split: "train", rows: 0..<48))
      #expect(Set(images).count == 48)
      #expect(images.allSatisfy { Set($0).count > 10 })
      let sounds = try store.load("audio", split: "train", rows: 0..<24)
      for index in 0..<24 {
        sounds.withSample(index) {
          let values = $0.bytes.bindMemory(to: Int16.self)
          #expect(values.max()! > 500 && values.count { abs(Int($0)) >= 32_700 } < 100)
        }
      }
    }
  }

  @Test func theSeedDecides() throws {
    try withTemporaryFolder { folder in
      func fingerprints(_ seed: UInt64, images: Int = 8) throws -> [String] {
        let plan = try SynthesisPlan(images: images, sounds: 8, classes: 2, side: 16, seed: seed)
        let store = try make(plan, "\(folder)/a.h5")
        return try ["image", "audio"].map { try store.fingerprint($0, split: "train") }
      }
      let first = try fingerprints(1)
      #expect(try fingerprints(1) == first)
      let second = try fingerprints(2)
      #expect(second[0] != first[0] && second[1] != first[1])
      #expect(try fingerprints(1, images: 12)[1] == first[1])
    }
  }

  @Test func allClassesCanBeMade() throws {
    try withTemporaryFolder { folder in
      let most = SynthesisPlan.mostClasses
      let plan = try SynthesisPlan(
        images: 4 * most, sounds: 4 * most, classes: most, side: 16)
      let store = try make(plan, "\(folder)/a.h5")
      #expect(store.classes("image").count == most && store.classes("audio").count == most)
    }
  }

  @Test func impossiblePlansAreRefused() throws {
    #expect(
      message { _ = try SynthesisPlan(classes: 1) } == "classes: 1 is not between 2 and 12")
    #expect(throws: ConfigurationError.self) { try SynthesisPlan(images: 0, sounds: 0) }
    #expect(throws: ConfigurationError.self) { try SynthesisPlan(images: 9, classes: 10) }
    #expect(throws: ConfigurationError.self) { try SynthesisPlan(side: 4) }
  }
}
