import Catalogues
import Datasets
import Files
import Foundation
import HDF5
import TestSupport
import Testing

@Suite(.serialized) struct EPICSoundsTests {
  private static let heading =
    "annotation_id,participant_id,video_id,start_timestamp,stop_timestamp,start_sample,stop_sample,"
    + "description,class,class_id"

  /// A segment of a video of 24 kHz.
  private func row(
    _ id: Int, _ video: String, _ samples: Range<Int>, _ name: String, _ classID: Int
  )
    -> String
  {
    "\(video)_\(id),P01,\(video),00:00:00.000,00:00:01.000,\(samples.lowerBound),"
      + "\(samples.upperBound),\"pan, \"\"big\"\"\",\(name),\(classID)"
  }

  private func writeTables(_ folder: String, validation: [String] = []) throws {
    try writeLines(
      "\(folder)/EPIC_Sounds_train.csv",
      [
        Self.heading, row(0, "P01_01", 0..<2_400, "rustle", 4),
        row(1, "P01_02", 600..<3_000, "metal-only collision", 2),
        row(2, "P01_01", 2_400..<4_800, "metal-only collision", 2),
      ])
    try writeLines(
      "\(folder)/EPIC_Sounds_validation.csv",
      [Self.heading, row(3, "P01_02", 1_200..<2_400, "rustle", 4)] + validation)
  }

  /// A slow ramp, which resampling leaves nearly as it is.
  private func ramp(_ count: Int, from start: Int) -> [Int16] {
    (0..<count).map { Int16(start + $0) }
  }

  private func writeWaves(_ folder: String, rate: Int = 24_000) throws {
    let scale = Double(rate) / 24_000
    for (video, start) in [("P01_01", 0), ("P01_02", 9_000)] {
      let samples = (0..<Int(6_000 * scale)).map { Int16(start + Int(Double($0) / scale)) }
      try writeFile("\(folder)/audio/\(video).wav", waveFile(samples, rate: rate))
    }
  }

  private func writeArchive(_ folder: String) throws {
    try HDF5File.save("\(folder)/EPIC_audio.hdf5") { file in
      try file.write("P01_01", ramp(6_000, from: 0).map { Float($0) / 32_768 })
      try file.write("P01_02", ramp(6_000, from: 9_000).map { Float($0) / 32_768 })
    }
  }

  /// Segments are where the tables say, in every layout and at every rate.
  private func check(_ store: SampleStore) throws {
    #expect(store.classes("audio") == ["metal-only collision", "rustle"])
    #expect(try store.labels("audio", split: "train") == [1, 0, 0])
    #expect(try store.labels("audio", split: "test") == [1])
    #expect(try store.grouping("audio", split: "train") == Grouping(["P01", "P01", "P01"]))
    #expect(try store.lengths("audio", split: "train") == [1_600, 1_600, 1_600])
    #expect(try store.lengths("audio", split: "test") == [800])
    // 16 kHz: sample i is sample 1.5 i of the segment. Away from the ends, where filters ring.
    for (split, row, start) in [
      ("train", 0, 0), ("train", 1, 9_600), ("train", 2, 2_400), ("test", 0, 10_200),
    ] {
      let found = try values(store, row, split: split)
      for place in stride(from: 200, to: found.count - 200, by: 50) {
        let expected = Double(start) + 1.5 * Double(place)
        #expect(abs(Double(found[place]) - expected) < 40, "\(split) \(row) \(place)")
      }
    }
  }

  @Test(arguments: [24_000, 48_000])
  func waves(rate: Int) throws {
    try withTemporaryFolder { base in
      try writeTables("\(base)/epic")
      try writeWaves("\(base)/epic", rate: rate)
      let store = try importTree(["name": "epicsounds"], "\(base)/epic").store
      try check(store)
      #expect(
        try store.names("audio", split: "train").map(Array.init)
          == ["1.wav#P01_01_0", "2.wav#P01_02_1", "1.wav#P01_01_2"].map { "audio/P01_0\($0)" })
    }
  }

  @Test func archiveOfFloatsAndOfIntegers() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/epic"
      try writeTables(folder)
      try writeArchive(folder)
      let store = try importTree(["name": "epicsounds"], folder).store
      try check(store)
      #expect(try store.names("audio", split: "test")?.first == "EPIC_audio.hdf5#P01_02_3")
      try HDF5File.save("\(folder)/EPIC_audio.hdf5") { file in
        try file.write("P01_01", ramp(6_000, from: 0))
        try file.write("P01_02", ramp(6_000, from: 9_000))
      }
      try check(importTree(["name": "epicsounds"], folder).store)
    }
  }

  @Test(arguments: [false, true])
  func whatIsMissingOrDamagedIsNamed(archive: Bool) throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/epic"
      let settings: Tree = ["name": "epicsounds"]
      try writeTables(
        folder,
        validation: [
          row(4, "P01_01", 5_000..<7_000, "rustle", 4), row(5, "P01_01", 9..<9, "rustle", 4),
          row(6, "P09_09", 0..<100, "rustle", 4), row(7, "P09_09", 100..<200, "rustle", 4),
        ])
      if archive { try writeArchive(folder) } else { try writeWaves(folder) }
      #expect(
        refusal(settings, folder).hasPrefix("\(folder): there is no sound of video P09_09\n"))
      let (store, damaged, missing) = try importTree(settings, folder, skipDamaged: true)
      #expect(missing.count == 2 && missing[0].hasSuffix("EPIC_Sounds_validation.csv: P09_09_6"))
      #expect(damaged.count == 3, "\(damaged)")
      let table = "\(folder)/EPIC_Sounds_validation.csv"
      #expect(damaged[1].hasPrefix("\(table): P01_01_4: ") && damaged[1].contains("6000"))
      #expect(damaged[2].hasPrefix("\(table): P01_01_5: ") && damaged[2].contains("zero length"))
      #expect(store.count("audio", "train") == 3 && store.count("audio", "test") == 1)
      try FileManager.default.removeItem(atPath: "\(folder).h5")

      try writeTables(folder, validation: [row(4, "P01_01", 0..<100, "water", 4)])
      #expect(
        refusal(settings, folder).hasSuffix(
          "class_id 4 is both 'rustle' and 'water'; correct one of them"))
      try writeTables(
        folder, validation: [row(4, "P01_01", 0..<9_000_000_000_000_000, "rustle", 4)])
      #expect(
        refusal(settings, folder)
          == "\(table): line 3: start_sample or stop_sample is beyond 1099511627776")
      try writeTables(folder, validation: [row(4, "P01_01", 0..<100, "rustle", 7)])
      #expect(
        refusal(settings, folder)
          == "\(folder): class_id 4 and class_id 7 are both 'rustle'; correct one of them")
      try writeTables(folder, validation: ["P01_01_9,P01,P01_01"])
      #expect(refusal(settings, folder) == "\(table): line 3 does not fit the heading")
      try writeLines(table, ["annotation_id,video_id", "a,b"])
      #expect(refusal(settings, folder).hasPrefix("\(table): expected rows under a heading with"))
      try FileManager.default.removeItem(atPath: table)
      #expect(refusal(settings, folder).hasPrefix("\(table): is missing"))
    }
  }

  /// A table that was corrected after an import that failed: the journal's samples are of what it
  /// said then.
  @Test(arguments: [false, true])
  func aCorrectedTableIsReadAgain(archive: Bool) throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/epic"
      // 150 s, more than a block of the journal.
      let count = 3_600_000
      let sounds = ["P01_01", "P01_02"].enumerated().map { number, video in
        (video, (0..<count).map { Int16(truncatingIfNeeded: ($0 + 7 * number) % 9_000) })
      }
      try writeTables(folder)
      if archive {
        try HDF5File.save("\(folder)/EPIC_audio.hdf5") { file in
          for (video, samples) in sounds { try file.write(video, samples) }
        }
      } else {
        for (video, samples) in sounds {
          try writeFile("\(folder)/\(video).wav", waveFile(samples, rate: 24_000))
        }
      }
      func write(_ first: String, damaged: Bool) throws {
        try writeLines(
          "\(folder)/EPIC_Sounds_train.csv",
          [Self.heading, first, row(1, "P01_02", 0..<count, "rustle", 4)])
        try writeLines(
          "\(folder)/EPIC_Sounds_validation.csv",
          [Self.heading, row(2, "P01_01", 0..<(damaged ? count + 9 : 2_400), "rustle", 4)])
      }
      let first = row(0, "P01_01", 0..<count, "rustle", 4)
      let corrected =
        archive
        ? first.replacingOccurrences(of: ",P01_01,", with: ",P01_02,")
        : row(0, "P01_01", 24_000..<count, "rustle", 4)
      func run(to path: String) throws -> ImportReport {
        try importDataset(
          ["name": "epicsounds"], from: folder, to: path, policy: ImportSink.Policy(threads: 2),
          modality: { _ in Counting() }, progress: { _, _ in })
      }
      try write(first, damaged: true)
      #expect(message { _ = try run(to: "\(base)/a.h5") }?.contains("is kept in") == true)
      try write(corrected, damaged: false)
      #expect(try run(to: "\(base)/a.h5").continued == 1)
      #expect(try run(to: "\(base)/b.h5").continued == 0)
      #expect(
        FileManager.default.contents(atPath: "\(base)/a.h5")
          == FileManager.default.contents(atPath: "\(base)/b.h5"))
    }
  }

  /// HDF5 gives zeros for what lies past the end of a file.
  @Test func anArchiveThatIsCutWhileItIsReadIsNamed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/epic"
      let archive = "\(folder)/EPIC_audio.hdf5"
      try writeTables(
        folder, validation: (9..<40).map { row($0, "P01_02", 3_000..<6_000, "rustle", 4) })
      try writeArchive(folder)
      let said = message {
        _ = try importDataset(
          ["name": "epicsounds"], from: folder, to: "\(base)/a.h5",
          policy: ImportSink.Policy(threads: 1), modality: { _ in Counting() },
          progress: { done, _ in if done == 1 { truncate(archive, 20_000) } })
      }
      #expect(said?.contains("\(archive): changed while it was being read") == true)
    }
  }

  @Test func groupsMayBeVideos() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/epic"
      try writeTables(folder)
      try writeWaves(folder)
      #expect(
        refusal(["name": "epicsounds", "group": "videos"], folder)
          == "group: unknown group 'videos' (did you mean 'video'?)")
      let store = try importTree(["name": "epicsounds", "group": "video"], folder).store
      #expect(
        try store.grouping("audio", split: "train") == Grouping(["P01_01", "P01_02", "P01_01"]))
    }
  }

  @Test func soundsMustBeThere() throws {
    try withTemporaryFolder { base in
      try writeTables("\(base)/epic")
      #expect(
        refusal(["name": "epicsounds"], "\(base)/epic")
          == "\(base)/epic: holds neither EPIC_audio.hdf5 nor sounds named VIDEO.wav")
    }
  }
}
