import Catalogues
import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct ESC50Tests {
  private func writeESC(_ folder: String, _ rows: [String]) throws {
    let heading = "filename,fold,target,category,esc10,src_file,take"
    try writeFile(
      "\(folder)/meta/esc50.csv", Array(([heading] + rows).joined(separator: "\r\n").utf8))
    for row in rows {
      try writeFile("\(folder)/audio/\(row.split(separator: ",")[0])", tone(400, rate: 44_100))
    }
  }

  @Test func esc50ByFold() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/esc"
      try writeESC(
        folder,
        [
          "a.wav,1,0,dog,True,10,A", "b.wav,5,0,dog,True,11,A", "c.wav,2,36,rain,False,12,A",
          "d.wav,5,36,rain,False,13,A",
        ])
      let store = try importTree(["name": "esc50"], folder).store
      #expect(store.classes("audio") == ["dog", "rain"])
      #expect(try store.labels("audio", split: "train") == [0, 1])
      #expect(try store.grouping("audio", split: "train") == Grouping(["10", "12"]))
      #expect(try store.labels("audio", split: "test") == [0, 1])
      try FileManager.default.removeItem(atPath: "\(folder).h5")
      let said = refusal(["name": "esc50", "test_folds": [4]], folder)
      #expect(said.contains("set split=source"), "\(said)")
      let twice = "\(base)/twice"
      try writeESC(twice, ["a.wav,1,0,dog,True,10,A", "b.wav,5,3,dog,True,11,A"])
      #expect(
        refusal(["name": "esc50"], twice)
          == "\(twice)/meta/esc50.csv: target 0 and target 3 are both 'dog'; correct one of them")
      let both = "\(base)/both"
      try writeESC(both, ["a.wav,1,0,dog,True,10,A", "b.wav,5,0,cat,True,11,A"])
      #expect(
        refusal(["name": "esc50"], both)
          == "\(both)/meta/esc50.csv: b.wav: target 0 is both 'dog' and 'cat'; correct one of them")
      try FileManager.default.removeItem(atPath: "\(folder)/audio/c.wav")
      #expect(
        refusal(["name": "esc50"], folder).hasPrefix("\(folder)/audio/c.wav: No such file"))
    }
  }

  /// Clips of one source stay together.
  @Test func esc50BySource() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/esc"
      let sources = [20, 20, 20, 21, 22, 22, 23, 23]
      try writeESC(
        folder,
        sources.enumerated().map { "a\($0).wav,4,3,cow,False,\($1),A" }
          + sources.enumerated().map { "b\($0).wav,4,9,crow,False,\($1 < 22 ? 30 : 31),A" })
      let settings: Tree = ["name": "esc50", "split": "source", "test_share": 0.25]
      let store = try importTree(settings, folder).store
      // Cows: source 21 (1 clip) fits into 2, then none of 2 any more; crows: 4 and 4, so one of
      // them.
      let counts = try store.labels("audio", split: "test").reduce(into: [0, 0]) {
        $0[Int($1)] += 1
      }
      #expect(counts == [1, 4])
      // No recording is in both splits.
      func recordings(_ split: String) throws -> Set<String> {
        Set(try #require(try store.grouping("audio", split: split)).names)
      }
      let train = try recordings("train")
      let test = try recordings("test")
      #expect(train.count == 4 && train.isDisjoint(with: test))
    }
  }
}
