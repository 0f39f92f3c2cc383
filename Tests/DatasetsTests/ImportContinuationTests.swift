import Files
import Foundation
import HDF5
import Media
import TestSupport
import Testing

@testable import Datasets

/// An import depends on its folder alone: not on threads, and not on whether it was interrupted.
@Suite(.serialized) struct ImportContinuationTests {
  private static let count = 30

  /// Pictures of 192 KiB, more than a block of the journal, and the last is damaged.
  private func writeTree(_ folder: String) throws {
    for i in 0..<Self.count { try writePicture(i, folder) }
    try writeFile(last(folder), Array("no picture".utf8))
  }

  private func writePicture(_ index: Int, _ folder: String) throws {
    try DatasetsTests.writePicture(
      path(index, folder), Colour(UInt8(index), 1, 2), width: 256, height: 256)
  }

  /// Ten of a class, five of a group.
  private func path(_ index: Int, _ folder: String) -> String {
    "\(folder)/class\(index / 10)/group\(index / 5)/\(index).png"
  }

  private func last(_ folder: String) -> String { "\(folder)/class2/group5/99.png" }
  private func journal(_ folder: String) -> String { "\(folder)/../.pictures.h5.import" }

  private func run(
    _ folder: String, to path: String? = nil, threads: Int = 2, skipDamaged: Bool = false,
    share: Double = 0.2
  ) throws -> ImportReport {
    try importDataset(
      ["name": "image-folder", "test_share": .number(share), "splits": "none"], from: folder,
      to: path ?? "\(folder).h5",
      policy: ImportSink.Policy(skipDamaged: skipDamaged, threads: threads),
      modality: { _ in Counting() }, progress: { _, _ in })
  }

  private func content(_ path: String) throws -> Data {
    try #require(FileManager.default.contents(atPath: path))
  }

  @Test func sameBytesForAnyNumberOfThreads() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeTree(folder)
      let first = try run(folder, threads: 1, skipDamaged: true)
      #expect(first.damaged.count == 1 && first.continued == 0)
      let expected = try content("\(folder).h5")
      for threads in [2, 7] {
        #expect(try run(folder, threads: threads, skipDamaged: true).damaged == first.damaged)
        #expect(try content("\(folder).h5") == expected)
      }
      #expect(
        message { _ = try run(folder, threads: 0) } == "threads: 0 is outside 1 to 1024")
      #expect(!FileManager.default.fileExists(atPath: journal(folder)))
    }
  }

  @Test func whatWasReadIsNotReadAgain() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeTree(folder)
      let said = message { _ = try run(folder) } ?? ""
      #expect(said.hasPrefix("\(last(folder)): neither JPEG nor PNG"))
      #expect(said.contains("is kept in") && said.contains("the same command continues"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder).h5"))

      // Its pixels are in the journal, so that it is not missed; the last one is whole now.
      let first = path(0, folder)
      let whole = try content(first)
      var status = stat()
      stat(first, &status)
      try writeFile(first, [UInt8](repeating: 0, count: whole.count))
      utimensat(AT_FDCWD, first, [status.st_atim, status.st_mtim], 0)
      try DatasetsTests.writePicture(last(folder), .white, width: 256, height: 256)
      let report = try run(folder)
      #expect(report.continued == Self.count && report.damaged.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: journal(folder)))

      try writeFile(first, whole)
      #expect(try run(folder, to: "\(base)/fresh.h5").continued == 0)
      #expect(try content("\(folder).h5") == content("\(base)/fresh.h5"))
      let grouping = try SampleStore.open("\(folder).h5").grouping("image", split: "train")
      #expect(grouping?.names == (0..<6).map { "group\($0)" })
      // Names are of what is there, replayed or not.
      let names = try #require(try SampleStore.open("\(folder).h5").names("image", split: "train"))
      #expect(names.first == "class0/group0/0.png" && names.count == 25)
    }
  }

  @Test func whatChangedIsReadAgain() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeTree(folder)
      #expect(message { _ = try run(folder) } != nil)
      // And nothing else: neither those before it nor those behind.
      let changed = path(15, folder)
      try DatasetsTests.writePicture(changed, Colour(0, 200, 0), width: 256, height: 256)
      let report = try run(folder, skipDamaged: true)
      #expect(report.continued == Self.count - 1 && report.damaged.count == 1)
      #expect(try run(folder, to: "\(base)/fresh.h5", skipDamaged: true).continued == 0)
      #expect(try content("\(folder).h5") == content("\(base)/fresh.h5"))
    }
  }

  /// No permission, a disk that failed or a program that was mended since: nothing of that changes
  /// a file's size and time.
  @Test func whatCouldNotBeReadIsTriedAgain() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeTree(folder)
      try DatasetsTests.writePicture(last(folder), .white, width: 256, height: 256)
      let whole = try content(path(7, folder))
      var status = stat()
      stat(path(7, folder), &status)
      func write(_ bytes: Data) throws {
        try writeFile(path(7, folder), bytes)
        utimensat(AT_FDCWD, path(7, folder), [status.st_atim, status.st_mtim], 0)
      }
      try write(Data(count: whole.count))
      #expect(message { _ = try run(folder) }?.contains("is kept in") == true)
      try write(whole)
      let report = try run(folder)
      #expect(report.damaged.isEmpty && report.continued == Self.count)
    }
  }

  /// One attempt finds all that is damaged, and what is whole is kept for the next.
  @Test func allThatIsDamagedIsListed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeTree(folder)
      for i in [3, 17] { try writeFile(path(i, folder), [1, 2, 3]) }
      let said = message { _ = try run(folder) } ?? ""
      let lines = said.split(separator: "\n")
      #expect(lines.count == 4)
      for (line, path) in zip(lines, [path(3, folder), path(17, folder), last(folder)]) {
        #expect(line == "\(path): neither JPEG nor PNG")
      }
      #expect(
        lines.last?.hasPrefix(
          "3 files or samples are damaged; --skip-damaged goes on without them; what was read")
          == true, "\(said)")
      let report = try run(folder, skipDamaged: true)
      #expect(report.continued == Self.count - 2 && report.damaged.count == 3)
      for i in 0..<Self.count { try writeFile(path(i, folder), [1]) }
      let many = (message { _ = try run(folder) } ?? "").split(separator: "\n")
      #expect(many.count == 22 && many[20] == "and 11 more")
    }
  }

  @Test func anotherImportBeginsAgain() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeTree(folder)
      #expect(message { _ = try run(folder) } != nil)
      #expect(try run(folder, skipDamaged: true, share: 0.5).continued == 0)
    }
  }

  /// What a kill in the middle of writing leaves: a journal that ends anywhere, or has zeros.
  @Test(arguments: [1, 20, 200_000, 3_000_000])
  func aTornJournalIsReadAsFarAsItIsWhole(cut: Int) throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeTree(folder)
      #expect(message { _ = try run(folder) } != nil)
      let path = journal(folder)
      let whole = try content(path)
      for end in [whole.dropLast(cut), whole.dropLast(cut) + Data(count: cut)] {
        try writeFile(path, end)
        let report = try run(folder, skipDamaged: true)
        #expect(report.continued <= Self.count && report.continued > 10)
        #expect(try run(folder, to: "\(base)/fresh.h5", skipDamaged: true).continued == 0)
        #expect(try content("\(folder).h5") == content("\(base)/fresh.h5"))
      }
    }
  }

  @Test func twoImportsIntoOneFileAreRefused() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      try writeTree(folder)
      let held = try ImportJournal(of: "\(folder).h5", identity: "another")
      #expect(
        message { _ = try run(folder) } == "\(folder).h5: another import into it is running")
      held.remove()
    }
  }

  @Test func recordsComeBack() {
    let stamp = FileStamp(bytes: 5, modified: -3)
    for (sample, tally) in [
      (StoredSample.dense([1, 2, 3, 4, 5, 6] as [UInt8], shape: [1, 2, 3]), nil),
      (.ragged([-7, 0, 32_767]), [1.5, -.infinity]),
    ] as [(StoredSample, [Double]?)] {
      let record = JournalRecord(key: "größer", stamp: stamp, sample: sample, tally: tally)
      var bytes: [UInt8] = []
      record.append(to: &bytes)
      #expect(bytes.withUnsafeBytes { JournalRecord($0) } == record)
      // Any end, and any length: what does not fit is no record.
      for end in 0..<bytes.count {
        #expect(bytes[..<end].withUnsafeBytes { JournalRecord($0) } == nil)
      }
      for place in bytes.indices.dropLast(7) {
        for value: Int64 in [-1, .min, .max, 1 << 40, 1, 0] {
          var changed = bytes
          withUnsafeBytes(of: value) { changed.replaceSubrange(place..<place + 8, with: $0) }
          _ = changed.withUnsafeBytes { JournalRecord($0) }
        }
      }
    }
  }

  /// In a folder where others write, a journal's name may lead anywhere.
  @Test func aJournalIsNoLinkAndNoPipe() throws {
    try withTemporaryFolder { folder in
      let (path, precious) = ("\(folder)/.a.h5.import", "\(folder)/precious")
      func said() -> String? {
        message { _ = try ImportJournal(of: "\(folder)/a.h5", identity: "x") }
      }
      try writeFile(precious, Array("precious".utf8))
      #expect(symlink(precious, path) == 0)
      #expect(said() == "\(path): is a link, where an import's journal is to be; remove it")
      #expect(try content(precious) == Data("precious".utf8))
      unlink(path)
      #expect(mkfifo(path, 0o666) == 0)
      #expect(said() == "\(path): is no file, where an import's journal is to be; remove it")
    }
  }
}
