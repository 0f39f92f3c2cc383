import Catalogues
import Datasets
import Foundation
import Media
import TestSupport
import Testing

@Suite(.serialized) struct FileTableTests {
  private static let settings: Tree = ["name": "image-folder", "table": "labels.csv"]

  /// Three pictures and a table.
  private func withTable(_ lines: [String], _ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/pictures"
      for i in 1...3 { try writePicture("\(folder)/all/\(i).png", Colour(UInt8(i), 0, 0)) }
      try writeLines("\(folder)/labels.csv", lines)
      try body(folder)
    }
  }

  @Test func labelsSplitsAndGroups() throws {
    let lines = [
      "group,file,label,split", "ann,all/3.png,dog,training", "bob,all/1.png,cat,train",
      "ann,all/2.png,dog,test",
    ]
    try withTable(lines) { folder in
      let store = try importTree(Self.settings, folder).store
      #expect(store.classes("image") == ["cat", "dog"])
      #expect(try store.labels("image", split: "train") == [1, 0])
      #expect(
        try store.names("image", split: "train").map(Array.init) == ["all/3.png", "all/1.png"])
      #expect(try store.grouping("image", split: "train")?.names == ["ann", "bob"])
      #expect(try store.labels("image", split: "test") == [1])
    }
  }

  @Test func withoutSplitsAShareIsHeldOut() throws {
    try withTable(["file,label", "all/1.png,a", "all/2.png,a", "all/3.png,b"]) { folder in
      var settings = Self.settings
      settings["test_share"] = 0.5
      let store = try importTree(settings, folder).store
      // Half of one is none, and rounded to the nearest.
      #expect(store.count("image", "train") == 1 && store.count("image", "test") == 2)
    }
  }

  @Test(arguments: [
    (["file,class", "all/1.png,a"], "expected rows under a heading with file,label"),
    (["file,label", "all/1.png,"], "line 2 has no label"),
    (
      ["file,label", "all/1.png,a", "all/1.png,b"],
      "lines 2 and 3 are both of all/1.png; remove one"
    ),
    (
      ["file,label,split", "all/1.png,a,third"],
      "line 2: 'third' is no split; it is one of dev, test, testing, train, training, val, valid, "
        + "validation"
    ),
    (
      ["file,label,split", "all/1.png,a,test"],
      "no row is of the split train; name the split to train on so"
    ),
  ])
  func whatDoesNotFitIsRefused(_ lines: [String], _ said: String) throws {
    try withTable(lines) { folder in
      #expect(refusal(Self.settings, folder) == "\(folder)/labels.csv: \(said)")
    }
  }

  @Test func aFileThatIsNotThere() throws {
    try withTable(["file,label", "all/9.png,a"]) { folder in
      #expect(refusal(Self.settings, folder).hasPrefix("\(folder)/all/9.png: No such file"))
    }
  }
}
