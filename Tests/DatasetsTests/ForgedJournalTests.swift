import Files
import Foundation
import TestSupport
import Testing

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

  @Test func samplesInAnotherFormAreRefused() throws {
    try withTemporaryFolder { folder in
      let said = message {
        try saveStore("\(folder)/a.h5") { writer in
          try writer.setClasses(["a"], of: "image")
          try writer.add(sample, label: 0, modality: "image", split: "train")
          try writer.add(.ragged([1, 2]), label: 0, modality: "image", split: "train")
        }
      }
      #expect(said?.contains("a sample in the form") == true, "\(said ?? "nothing")")
    }
  }
}
