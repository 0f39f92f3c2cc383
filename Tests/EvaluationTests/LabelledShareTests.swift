import TestSupport
import Testing

@testable import Evaluation

@Suite struct LabelledShareTests {
  /// 1,000 samples of ten classes, from 190 down to 10 of each.
  private let labels: [Int32] = (0..<10).flatMap { c in
    [Int32](repeating: Int32(c), count: 190 - 20 * c)
  }.enumerated().sorted { ($0.offset * 7919 % 1000) < ($1.offset * 7919 % 1000) }.map(\.element)

  private func counts(_ places: [Int]) -> [Int] {
    (0..<10).map { c in places.count { labels[$0] == Int32(c) } }
  }

  @Test func sharesAreStratified() throws {
    #expect(labels.count == 1000)
    let tenth = try LabelledShare(0.1, seed: 1).places(labels)
    #expect(counts(tenth) == [19, 17, 15, 13, 11, 9, 7, 5, 3, 1])
    #expect(tenth == tenth.sorted() && Set(tenth).count == 100)
    // 2 % are 20. Of 3.8, 3.4, 3.0, 2.6, 2.2, 1.8, 1.4, 1.0, 0.6 and 0.2 the last two are one each;
    // two are left for the remainders of .8.
    let few = try LabelledShare(0.02, seed: 1).places(labels)
    #expect(counts(few) == [4, 3, 3, 2, 2, 2, 1, 1, 1, 1])
    #expect(try LabelledShare(1, seed: 1).places(labels) == Array(0..<1000))
  }

  /// Who asks for less has some of what others have; another seed has others.
  @Test func seedsAndShares() throws {
    let tenth = Set(try LabelledShare(0.1, seed: 1).places(labels))
    #expect(tenth.isSuperset(of: try LabelledShare(0.02, seed: 1).places(labels)))
    #expect(tenth == Set(try LabelledShare(0.1, seed: 1).places(labels)))
    let other = Set(try LabelledShare(0.1, seed: 2).places(labels))
    #expect(other != tenth && counts(other.sorted()) == counts(tenth.sorted()))
  }

  /// A class of few samples has one all the same, which a larger one gives.
  @Test(arguments: [0.003, 0.01, 0.05, 0.5, 0.99])
  func atLeastOneOfEach(share: Double) throws {
    let classes = [1, 2, 300, 700]
    let total = Int((share * 1003).rounded())
    if total < classes.count {
      let text = message { _ = try LabelledShare(share, seed: 1).counts(of: classes) }
      #expect(
        text == "labels: 0.003 of 1003 samples is 3, fewer than one of each of 4 classes; "
          + "give 0.004 or more")
      return
    }
    let found = try LabelledShare(share, seed: 1).counts(of: classes)
    #expect(found.reduce(0, +) == total && found.allSatisfy { $0 > 0 }, "\(found)")
    #expect(zip(found, classes).allSatisfy { $0 <= $1 })
  }

  @Test func refusals() {
    for share in [0, -0.5, 1.01, .nan] {
      let text = message { _ = try LabelledShare(share, seed: 1) }
      #expect(text?.contains("is not a share above 0 %, at most 100 %") == true, "\(share)")
    }
  }
}
