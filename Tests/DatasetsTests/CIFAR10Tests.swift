import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CIFAR10Tests {
  private func writeCIFAR(_ folder: String, records: Int = 3) throws {
    let names = (0..<10).map { "class\($0)" }.joined(separator: "\n") + "\n\n"
    try writeFile("\(folder)/batches.meta.txt", Array(names.utf8))
    for (batch, file) in ["1", "2", "3", "4", "5"].map({ "data_batch_\($0).bin" }).enumerated() {
      try writeFile("\(folder)/\(file)", cifarRecords(records, from: batch))
    }
    try writeFile("\(folder)/test_batch.bin", cifarRecords(2, from: 8))
  }

  private func cifarRecords(_ count: Int, from label: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for record in 0..<count {
      bytes.append(UInt8((label + record) % 10))
      for channel in 0..<3 {
        for place in 0..<1_024 {
          bytes.append(UInt8(truncatingIfNeeded: place + channel * 50 + record))
        }
      }
    }
    return bytes
  }

  @Test func cifar10() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/cifar"
      try writeCIFAR(folder)
      let (store, damaged, _) = try importTree(["name": "cifar10"], folder)
      #expect(damaged.isEmpty)
      #expect(store.count("image", "train") == 15 && store.count("image", "test") == 2)
      #expect(store.classes("image").first == "class0")
      let names = try #require(try store.names("image", split: "train"))
      #expect(names.count == 15 && names[4] == "data_batch_2.bin#1")
      #expect(try store.names("image", split: "test")?.last == "test_batch.bin#1")
      let set = try store.load("image", split: "train", rows: 4..<5)
      #expect(set.labels == [2])  // batch 2, record 1
      set.withSample(0) {
        #expect($0.shape == [32, 32, 3])
        #expect(Array($0.bytes[3..<6]) == [2, 52, 102])
      }
    }
  }

  /// Files that end where a record does: empty, or compressed and cut.
  @Test func whatIsMissingAtARecordsEndIsDamage() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/cifar"
      try writeCIFAR(folder)
      let path = "\(folder)/data_batch_3.bin"
      let end = "; --skip-damaged goes on without it"
      try writeFile(path, [])
      #expect(
        refusal(["name": "cifar10"], folder) == "\(path): holds no images; fetch it again\(end)")
      let packed = gzip(cifarRecords(3, from: 0))
      try writeFile(path, packed)
      #expect(try importTree(["name": "cifar10"], folder).store.count("image", "train") == 15)
      try FileManager.default.removeItem(atPath: "\(folder).h5")
      for (cut, said) in [
        (15 + 2 * 3_073, "ends after 2 records"), (15 + 3 * 3_073, "ends after 3 records"),
        (15 + 100, "ends within record 0"), (15, "holds no images"),
      ] {
        try writeFile(path, packed.prefix(cut))
        #expect(
          refusal(["name": "cifar10"], folder)
            == "\(path): \(said): the gzip file is cut; fetch it again\(end)")
      }
    }
  }

  @Test func aSubsetIsSaidToBeOne() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/cifar"
      try writeCIFAR(folder)
      func remarks() throws -> [String] {
        try importDataset(
          ["name": "cifar10"], from: folder, to: "\(base)/a.h5", policy: ImportSink.Policy(),
          modality: { _ in Counting() }, progress: { _, _ in }
        ).remarks
      }
      func said(_ all: Int, third: Int) -> String {
        let each = [3, 3, third, 3, 3].enumerated().map { "data_batch_\($0 + 1).bin \($1)" }
        return "\(folder) has \(all) of CIFAR-10's 60000 images "
          + "(\(each.joined(separator: ", ")), test_batch.bin 2)"
      }
      #expect(try remarks() == [said(17, third: 3)])
      try writeFile("\(folder)/data_batch_3.bin", cifarRecords(1, from: 0))
      #expect(
        try remarks() == [said(15, third: 1) + "; the data batches differ: was one of them cut?"])
    }
  }

  @Test func damagedCIFAR10() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/cifar"
      try writeCIFAR(folder)
      var records = cifarRecords(3, from: 0)
      records[3_073] = 77
      let path = "\(folder)/data_batch_3.bin"
      try writeFile(path, records.dropLast(10))
      let said = refusal(["name": "cifar10"], folder)
      #expect(
        said == "\(path): record 1: label 77 is out of range 0..9\n\(path): ends within record 2\n"
          + "2 files or samples are damaged; --skip-damaged goes on without them")
      let (store, damaged, _) = try importTree(["name": "cifar10"], folder, skipDamaged: true)
      #expect(
        damaged == [
          "\(path): record 1: label 77 is out of range 0..9", "\(path): ends within record 2",
        ])
      #expect(store.count("image", "train") == 13)
      // Records that are left out are counted.
      let names = try #require(try store.names("image", split: "train"))
      #expect(names[6] == "data_batch_3.bin#0" && names[7] == "data_batch_4.bin#0")
      #expect(try store.provenance().contains { $0 == ("skipped_files", "2") })
      try FileManager.default.removeItem(atPath: "\(base)/cifar.h5")
      try FileManager.default.removeItem(atPath: "\(folder)/test_batch.bin")
      #expect(
        refusal(["name": "cifar10"], folder).hasPrefix("\(folder)/test_batch.bin: is missing"))
      try writeCIFAR(folder)
      let list = "\(folder)/batches.meta.txt"
      try writeLines(list, (0..<10).map { "class\($0 % 7)" })
      #expect(
        refusal(["name": "cifar10"], folder)
          == "\(list): line 1 and line 8 are both 'class0'; correct one of them")
      try FileManager.default.removeItem(atPath: list)
      #expect(
        refusal(["name": "cifar10"], folder)
          == "\(list): is missing or cannot be read; --from is the folder cifar-10-batches-bin")
    }
  }
}
