import Catalogues
import Datasets
import Files
import HDF5
import Kernels
import TestSupport
import Testing
import Views

/// A store's statistics are those of the import's options; for others they are computed once more.
@Suite struct StatisticsTests {
  let folder = TemporaryFolder()

  /// Sounds of several lengths in both splits.
  private static let sounds: SampleSet = {
    let lengths = [40_000, 9_000, 21_000, 33_000, 500]
    let values = lengths.enumerated().flatMap { clip, length in
      noise(UInt64(clip + 1), length).map { Int16($0 * 3_000 * Float(clip + 1)) }
    }
    let offsets = lengths.reduce(into: [Int64(0)]) { $0.append($0.last! + Int64($1)) }
    return SampleSet(
      modality: "audio", labels: [0, 1, 0, 1, 0], values: values, offsets: offsets)
  }()

  /// A store that was imported with these options.
  private func store(_ name: String, _ settings: Tree = [:]) throws -> SampleStore {
    let path = folder.path(name)
    try HDF5File.save(path) { file in
      let writer = try SampleStoreWriter(file) {
        try modalities.make(settings.with(["name": .text($0)]))
      }
      try writer.setClasses(["a", "b"], of: "audio")
      try writer.add(Self.sounds, split: "train")
      try writer.add(Self.sounds, split: "test")
      try writer.finish()
    }
    return try SampleStore.open(path)
  }

  private func audio(_ settings: Tree) throws -> any Modality {
    try modalities.make(settings.with(["name": "audio"]))
  }

  static let others: [Tree] = [
    ["seconds": 1], ["bins": 64], ["window": 800], ["hop": 200], ["transform": 2048],
    ["frequencies": [0.5, 8000]], ["seconds": 0.5, "bins": 32],
  ]

  @Test(arguments: others) func otherOptionsHaveOtherStatistics(settings: Tree) throws {
    let store = try store("usual.h5")
    let (own, other) = (try audio([:]), try audio(settings))
    #expect(try store.otherStatistics("audio", for: own) == nil)
    #expect(try store.statistics("audio", for: own) == store.statistics("audio"))
    #expect(try store.otherStatistics("audio", for: other) != nil)
    // To the bit those of an import with these options, for which the usual ones are others.
    let imported = try self.store("other.h5", settings)
    let expected = try imported.statistics("audio")
    #expect(try store.statistics("audio", for: other) == expected)
    #expect(try store.statistics("audio", for: other) == expected, "once more")
    #expect(try imported.otherStatistics("audio", for: other) == nil)
    #expect(try imported.statistics("audio", for: own) == store.statistics("audio"))
    #expect(expected != (try store.statistics("audio")))
  }

  /// What changes no spectrogram, or needs no statistics.
  @Test(
    arguments: [
      ["preset": "crop"], ["mask": 0.1], ["noise": 0], ["segments": 3], ["orientation": "high-top"],
      ["antialias": true], ["seconds": 2.0], ["seconds": 1, "normalisation": "instance"],
      ["bins": 64, "normalisation": "none"],
    ] as [Tree])
  func theSameStatisticsHold(settings: Tree) throws {
    let store = try store("usual.h5")
    #expect(try store.otherStatistics("audio", for: audio(settings)) == nil)
    #expect(try store.statistics("audio", for: audio(settings)) == store.statistics("audio"))
  }

  /// Stores of before they said so are of the import's defaults.
  @Test func storesThatDoNotSay() throws {
    let usual = try store("usual.h5")
    let path = folder.path("old.h5")
    try HDF5File.save(path) { file in
      let writer = try SampleStoreWriter(file) { _ in Silent() }
      try writer.setClasses(["a", "b"], of: "audio")
      try writer.add(Self.sounds, split: "train")
      try writer.finish()
    }
    let old = try SampleStore.open(path)
    #expect(try old.otherStatistics("audio", for: audio([:])) == nil)
    #expect(try old.statistics("audio", for: audio([:])) == usual.statistics("audio"))
    #expect(try old.otherStatistics("audio", for: audio(["seconds": 1])) != nil)
    #expect(
      try old.statistics("audio", for: audio(["seconds": 1]))
        == usual.statistics("audio", for: audio(["seconds": 1])))
    // Nor do they tell the data from those of before.
    #expect(
      try old.fingerprint("audio", split: "train") == usual.fingerprint("audio", split: "train"))
  }

  /// What is asked to end ends.
  @Test func aPauseMayEndIt() throws {
    struct Enough: Error {}
    let store = try store("usual.h5")
    #expect(throws: Enough.self) {
      try store.statistics("audio", for: audio(["seconds": 1])) { throw Enough() }
    }
  }
}

/// Sounds whose store does not say which options its statistics are for.
private struct Silent: Modality {
  static let name = Audio.name
  static let form = Audio.form
  static let sampleRate = Audio.sampleRate
  private let audio = try! Audio(Audio.defaults)

  func makeTally() -> ((Sample) -> [Double])? { audio.makeTally() }
  func statistics(ofSums sums: [Double]) -> [String: Double] { audio.statistics(ofSums: sums) }
  func makeViews(
    shape: ViewShape, statistics: [String: Double], kernels: MotetKernels
  ) throws -> any ViewMaker {
    try audio.makeViews(shape: shape, statistics: statistics, kernels: kernels)
  }
}
