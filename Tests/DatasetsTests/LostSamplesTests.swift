import Files
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Datasets

/// Storage that loses parts of a file gives zeros, which pass HDF5's own checksums.
@Suite(.serialized) struct LostSamplesTests {
  private let labels = (0..<300).map { $0 % 3 }

  private func plan(_ store: String, byReference: Bool) throws -> ShardPlan {
    let source = try ShardPlan.Source(path: store, partitioner: "iid")
    return ShardPlan(
      sources: ["image": source, "audio": source], clients: 10, seed: 1, byReference: byReference)
  }

  private func withStore(_ body: (_ store: String, _ shards: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try writeStore("\(folder)/a.h5", labels: labels, classes: 3, sounds: true)
      try body("\(folder)/a.h5", "\(folder)/shards")
    }
  }

  /// Makes a hole where the images are, checksum and all, as lost writes do. The file keeps its
  /// length and, as after a power cut, its time.
  private func loseImages(_ path: String, _ images: [UInt8]) throws {
    let url = URL(fileURLWithPath: path)
    let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    var data = try Data(contentsOf: url)
    let start = try #require(data.range(of: Data(images.prefix(150)))).lowerBound
    // The samples, the rest of their chunk, and the checksum after it.
    var end = start + images.count
    while data[end] == 0 { end += 1 }
    for index in start..<end + 4 { data[index] = 0 }
    let handle = try FileHandle(forWritingTo: url)
    try handle.write(contentsOf: data)
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: time!], ofItemAtPath: path)
  }

  private func images(_ store: SampleStore) throws -> [UInt8] {
    bytes(try store.load("image", split: "train", rows: 0..<300)).flatMap { $0 }
  }

  @Test func aStoreWithAHoleIsNotCut() throws {
    try withStore { store, folder in
      try loseImages(store, images(SampleStore.open(store)))
      for byReference in [false, true] {
        let said = message {
          try makeShards(plan: plan(store, byReference: byReference), to: folder)
        }
        #expect(said?.hasPrefix("\(store): /train/image: its SHA-256 is not the one") == true)
        #expect(!FileManager.default.fileExists(atPath: folder))
      }
      #expect(message { try SampleStore.open(store).verify("image", split: "train") } != nil)
      #expect(message { try SampleStore.open(store).verify("audio", split: "train") } == nil)
    }
  }

  @Test(arguments: [false, true])
  func aHoleInWhatIsTrainedOnIsNamed(byReference: Bool) throws {
    try withStore { store, folder in
      try makeShards(plan: plan(store, byReference: byReference), to: folder)
      let whole = try ShardReader.open(folder)
      let order = (0..<10).flatMap { Array(whole.partitions["image"]!.samples(of: $0)) }
      let all = try images(SampleStore.open(store))
      let copied = order.flatMap { all[$0 * 3..<$0 * 3 + 3] }
      let file = byReference ? store : "\(folder)/clients-0000.h5"
      try loseImages(file, byReference ? all : copied)
      let shards = try ShardReader.open(folder)
      try shards.verifyFiles()
      let said = message { _ = try shards.load(client: 3) }
      #expect(
        said?.hasPrefix("\(file): the samples of client 3 (image) are not those that were cut")
          == true, "\(said ?? "")")
    }
  }

  /// As `: > FILE`, an rsync --inplace or a copy to the same name do it under a run.
  @Test(arguments: [false, true])
  func aFileThatChangesWhileItIsReadIsNamed(byReference: Bool) throws {
    try withStore { store, folder in
      try makeShards(plan: plan(store, byReference: byReference), to: folder)
      let shards = try ShardReader.open(folder)
      _ = try shards.load(client: 0)
      let file = byReference ? store : "\(folder)/clients-0000.h5"
      #expect(truncate(file, 5_000) == 0)
      let said = message { _ = try shards.load(client: 1) }
      #expect(said?.hasPrefix("\(file): changed while it was being read") == true, "\(said ?? "")")
    }
  }

  /// After it was compared for the last time before a reading, which then finds zeros.
  @Test func aFileThatChangesWithinAReadingIsNamed() throws {
    try withStore { store, _ in
      let file = try HDF5File.open(store)
      let stamp = FileStamp(of: store)
      #expect(try file.whileUnchanged(since: stamp) { 7 } == 7)
      struct Lost: Error {}
      for fails in [false, true] {
        let said = message {
          try file.whileUnchanged(since: stamp) {
            #expect(truncate(store, fails ? 4_000 : 5_000) == 0)
            if fails { throw Lost() }
          }
        }
        #expect(said?.hasPrefix("\(store): changed while it was being read") == true)
      }
    }
  }

  /// Digests are of samples, so they do not depend on how they are stored; another order or label
  /// is noticed.
  @Test func digestsAreOfTheClientsSamples() throws {
    try withStore { store, folder in
      try makeShards(plan: plan(store, byReference: false), to: folder)
      let copies = try ShardReader.open(folder)
      try makeShards(plan: plan(store, byReference: true), to: "\(folder)-2")
      let references = try ShardReader.open("\(folder)-2")
      for client in 0..<10 {
        #expect(
          try bytes(copies.load(client: client).sets["audio"]!)
            == bytes(references.load(client: client).sets["audio"]!))
      }
    }
  }
}
