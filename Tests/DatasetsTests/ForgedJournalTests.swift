import Files
import Foundation
import HDF5
import TestSupport
import Testing
import Views

@testable import Datasets

/// A journal's checksums are no secret: what it holds may be anybody's.
@Suite(.serialized) struct ForgedJournalTests {
  private let sample = StoredSample.dense([1, 2, 3], shape: [1, 1, 3])

  /// Statistics of what the samples are, whatever the tallies' lengths say.
  @Test(arguments: [[], [7], [1, 3, 9], [1, 3]] as [[Double]])
  func talliesOfAnotherLengthAreComputedAgain(tally: [Double]) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try saveStore(path) { writer in
        try writer.setClasses(["a"], of: "image")
        for _ in 0..<4 {
          try writer.add(sample, label: 0, modality: "image", split: "train", tally: tally)
        }
      }
      #expect(try SampleStore.open(path).statistics("image") == ["samples": 4, "bytes": 12])
    }
  }

  /// They are read again, as if the journal had none.
  @Test(arguments: [
    ("image", StoredSample.ragged([1, 2])), ("audio", .dense([1], shape: [1])),
    ("image", .dense([1, 2, 3], shape: [3])), ("image", .dense([1, 2], shape: [1, 1, 2])),
  ])
  func samplesInAnotherFormAreNotTaken(modality: String, forged: StoredSample) throws {
    try withTemporaryFolder { folder in
      let stamp = FileStamp(bytes: 0, modified: 0)
      let whole =
        modality == "image" ? StoredSample.dense([1, 2, 3], shape: [1, 1, 3]) : .ragged([1, 2])
      do {
        let journal = try ImportJournal(of: "\(folder)/a.h5", identity: "x")
        // What is small waits in memory, and is not kept.
        let large = StoredSample.ragged([Int16](repeating: 1, count: 4 << 20))
        for (key, sample) in [("forged", forged), ("whole", whole), ("large", large)] {
          try journal.append(JournalRecord(key: key, stamp: stamp, sample: sample, tally: nil))
        }
        #expect(journal.keep())
      }
      let journal = try ImportJournal(of: "\(folder)/a.h5", identity: "x")
      #expect(journal.next("forged", of: modality) { stamp } == nil)
      #expect(journal.next("whole", of: modality) { stamp }?.sample == whole)
    }
  }

  /// Sides that are zero or too large to be multiplied.
  @Test func samplesOfNoSizeAreNoRecords() {
    let stamp = FileStamp(bytes: 0, modified: 0)
    for shape in [[0, 1, 3], [1, 0], [0]] {
      for layout: SampleForm.Layout in [.dense, .ragged] {
        let sample = StoredSample(SampleForm(layout, .uint8), shape: shape, bytes: [])
        var bytes: [UInt8] = []
        JournalRecord(key: "", stamp: stamp, sample: sample, tally: nil).append(to: &bytes)
        #expect(bytes.withUnsafeBytes { JournalRecord($0) } == nil, "\(shape)")
      }
    }
  }
}
