import Catalogues
import Datasets
import Foundation
import Media
import TestSupport
import Testing

/// Folders at the top of a data set are its splits or its classes; where that is not clear the
/// import asks.
@Suite(.serialized) struct SplitFoldersTests {
  /// Makes a picture in each of these folders, and gives what an import makes of them.
  private func withTree(
    _ folders: [String], _ body: (_ folder: String) throws -> Void
  ) throws {
    try withTemporaryFolder { base in
      for (index, name) in folders.enumerated() {
        try writePicture("\(base)/data/\(name)/1.png", Colour(UInt8(index), 0, 0))
      }
      try body("\(base)/data")
    }
  }

  @Test(arguments: [
    (["train", "test"], ["test", "train"]), (["Train", "TEST"], ["test", "train"]),
    (["training", "testing"], ["test", "train"]),
    (["train", "valid", "test"], ["test", "train", "val"]),
    (["Training", "dev"], ["train", "val"]),
    (["train", "validation"], ["train", "validation"]), (["train"], ["train"]),
  ])
  func namesOfSplitsAreKnown(names: [String], splits: [String]) throws {
    try withTree(names.flatMap { ["\($0)/ant", "\($0)/bee"] }) { folder in
      let store = try importTree(["name": "image-folder"], folder).store
      #expect(store.splits == splits && store.classes("image") == ["ant", "bee"])
    }
  }

  @Test(arguments: [
    (["val/ant", "test/ant"], "has test, val and no train; name the folder to train on train, or"),
    (["one/ant", "two/ant"], "holds one, two, which hold folders alone: if they are splits, name"),
    (["images/ant", "images/bee"], "holds the folder 'images' alone, and that folders alone: if"),
    (["train/ant", "images/ant"], "/images: is no split, and is beside the splits train; rename"),
    (["train/ant", "Train/ant"], "/train: is the split train, as Train is; make one folder"),
  ])
  func whatIsNotClearIsAsked(folders: [String], said: String) throws {
    try withTree(folders) { folder in
      let found = refusal(["name": "image-folder"], folder)
      #expect(found.contains(said), "\(found)")
      if !said.contains("make one") {
        #expect(found.contains("splits=none"), "\(found)")
        let store = try importTree(
          ["name": "image-folder", "splits": "none", "test_share": 0], folder
        ).store
        #expect(store.splits == ["train"])
        #expect(
          store.classes("image")
            == Set(folders.map { $0.prefix { $0 != "/" } }.map(String.init))
            .sorted())
      }
    }
  }

  /// Files that are not read say nothing of the folder that they are in.
  @Test(arguments: [
    (["images/cat", "images/dog"], ["images/README.txt"]),
    (["images/cat", "images/dog"], ["images/Thumbs.db", "images/a.csv", "README"]),
    (["Fold1/cat", "Fold1/dog", "Fold2/cat"], ["Fold1/labels.csv", "Fold2/labels.csv"]),
  ])
  func strayFilesChangeNothing(folders: [String], strays: [String]) throws {
    try withTree(folders) { folder in
      for name in strays { try writeFile("\(folder)/\(name)", [1]) }
      let found = refusal(["name": "image-folder"], folder)
      #expect(found.contains("splits=none"), "\(found)")
    }
  }

  /// Files in them say that they are no splits.
  @Test func aClassMayBeCalledTrain() throws {
    try withTree(["car", "train", "bus"]) { folder in
      let store = try importTree(["name": "image-folder", "test_share": 0], folder).store
      #expect(store.classes("image") == ["bus", "car", "train"] && store.splits == ["train"])
    }
  }
}
