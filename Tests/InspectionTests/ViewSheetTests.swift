import Catalogues
import Datasets
import Files
import HDF5
import Inspection
import TestSupport
import Testing
import Views

@Suite struct ViewSheetTests {
  private func store(_ folder: TemporaryFolder) throws -> SampleStore {
    let path = folder.path("store.h5")
    try HDF5File.save(path) { file in
      let writer = try SampleStoreWriter(file) { try modalities.make($0) }
      try writer.setClasses(["left", "right"], of: "image")
      try writer.setClasses(["low"], of: "audio")
      for i in 0..<5 {
        let pixels = noise(UInt64(i), 20 * 30 * 3).map { UInt8(($0 + 1) * 128) }
        try writer.add(
          .dense(pixels, shape: [20, 30, 3]), label: i % 2, modality: "image", split: "train")
        let sound = noise(UInt64(i), 4000 * (i + 1)).map { Int16($0 * 9000) }
        try writer.add(.ragged(sound), label: 0, modality: "audio", split: "train")
      }
      try writer.finish()
    }
    return try SampleStore.open(path)
  }

  private func all() throws -> [(name: String, modality: any Modality)] {
    try ["image", "audio"].map { ($0, try modalities.make($0)) }
  }

  @Test func drawsEveryModalityAndDependsOnTheSeedAlone() throws {
    let folder = TemporaryFolder()
    let store = try store(folder)
    func draw(count: Int, seed: UInt64) throws -> [UInt8] {
      try ViewSheet(count: count, seed: seed, side: 32)
        .draw(store, split: "train", modalities: all()).pixels
    }
    #expect(try draw(count: 3, seed: 1) == draw(count: 3, seed: 1))
    #expect(try draw(count: 3, seed: 1) != draw(count: 3, seed: 2))
    // More than there are: all of them.
    #expect(try draw(count: 5, seed: 1) == draw(count: 50, seed: 1))
  }

  /// Views that the store's statistics are not for are drawn with their own.
  @Test func otherViewsHaveStatisticsOfTheirOwn() throws {
    let folder = TemporaryFolder()
    let store = try store(folder)
    let audio = try modalities.make(["name": "audio", "bins": 64])
    let sheet = try ViewSheet(count: 1, seed: 1, side: 32)
      .draw(store, split: "train", modalities: [("audio", audio)])
    #expect(Set(sheet.pixels).count > 100, "an empty sheet")
  }

  /// Samples of a modality that this Motet does not know, which may be any numbers.
  @Test func sheetsOfAnyNumbersAreDrawn() throws {
    let folder = TemporaryFolder()
    let path = folder.path("odd.h5")
    let odd: [Float] = [.infinity, -.infinity, .nan, 3e38, -3e38, 0]
    try HDF5File.save(path) { file in
      try SampleStore.format.stamp(file)
      try file.makeGroup("/statistics")
      for (name, form) in [("maps", "dense float32"), ("waves", "ragged float32")] {
        try file.write("/classes/\(name)", texts: ["a"])
        try file.write("/train/\(name)/label", [0] as [Int32])
        try file.setAttribute("form", form, on: "/train/\(name)")
      }
      try file.write("/train/maps/pixels", odd, shape: [1, 2, 3, 1])
      try file.write("/train/waves/samples", odd)
      try file.write("/train/waves/offset", [0, 6] as [Int64])
    }
    let store = try SampleStore.open(path)
    let sheet = try ContactSheet(columns: 1, rows: 2).draw(store, split: "train")
    #expect(sheet.width > 100)
  }

  @Test func aSplitThatIsNotThereIsRefused() throws {
    let folder = TemporaryFolder()
    let store = try store(folder)
    #expect(throws: StoreError.self) {
      _ = try ViewSheet(count: 1, seed: 1, side: 32)
        .draw(store, split: "test", modalities: all())
    }
  }
}
