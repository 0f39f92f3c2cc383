import Catalogues
import Datasets
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct TinyImageNetTests {
  // Written by Pillow: 64 × 64 pixels, grey in eight steps of 30 from the left; and (200, 40, 90).
  private static let grey =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL"
    + "EBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCABAAEABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABwoJ/8QAFBABAAAAAAAA"
    + "AAAAAAAAAAAAAP/aAAgBAQAAPwDKooFAoFAoFAoJzygUCgUCgUCgnPKBQKBQKBQKCc8oFAoFAoFAoJzygUCgUCgUCgnP"
    + "KBQKBQKBQKCc8oFAoFAoFAoJzygUCgUCgUCg/9k="
  private static let colour =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL"
    + "EBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU"
    + "FBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCABAAEADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEA"
    + "AAAAAAAAAAAAAAAAAAAA/8QAFgEBAQEAAAAAAAAAAAAAAAAAAAMI/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQAC"
    + "EQMRAD8AkgCTZYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD/9k="

  private func write(_ path: String, _ base64: String) throws {
    try writeFile(path, try #require(Data(base64Encoded: base64)))
  }

  /// Two classes in the order of wnids.txt, which is not that of their names.
  private func writeTree(_ folder: String) throws {
    try writeLines("\(folder)/wnids.txt", ["n02", "n01"])
    try writeLines("\(folder)/words.txt", ["n01\tgoldfish, Carassius", "n02\tox", "n03\tcrane"])
    for wnid in ["n01", "n02"] {
      try writeLines("\(folder)/train/\(wnid)/\(wnid)_boxes.txt", ["x\t0\t0\t1\t1"])
      for i in 0..<2 {
        try write("\(folder)/train/\(wnid)/images/\(wnid)_\(i).JPEG", Self.colour)
      }
    }
    try write("\(folder)/train/n01/images/n01_1.JPEG", Self.grey)
    try writeLines(
      "\(folder)/val/val_annotations.txt",
      ["val_0.JPEG\tn01\t0\t32\t44\t62", "val_1.JPEG\tn02\t0\t0\t1\t1"])
    for i in 0..<2 { try write("\(folder)/val/images/val_\(i).JPEG", Self.colour) }
    try write("\(folder)/test/images/test_0.JPEG", Self.colour)
  }

  @Test func splitsLabelsAndGreyImages() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/tiny"
      try writeTree(folder)
      let (store, damaged, missing) = try importTree(["name": "tinyimagenet"], folder)
      #expect(damaged.isEmpty && missing.isEmpty)
      #expect(store.classes("image") == ["n02 ox", "n01 goldfish"])
      #expect(try store.labels("image", split: "train") == [0, 0, 1, 1])
      #expect(try store.labels("image", split: "test") == [1, 0])
      #expect(try store.shape("image", split: "train") == [64, 64, 3])
      let pixels = bytes(try store.load("image", split: "train", rows: 2..<4))
      #expect(zip(pixels[0].prefix(3), [200, 40, 90]).allSatisfy { abs(Int($0) - $1) <= 3 })
      for column in [4, 60] {
        let grey = pixels[1][3 * (5 * 64 + column)..<3 * (5 * 64 + column) + 3]
        #expect(Set(grey).count == 1 && abs(Int(grey.first!) - column / 8 * 30) <= 2)
      }
    }
  }

  @Test func whatIsMissingOrDamagedIsNamed() throws {
    try withTemporaryFolder { base in
      let folder = "\(base)/tiny"
      let settings: Tree = ["name": "tinyimagenet"]
      try writeTree(folder)
      let image = "\(folder)/train/n01/images/n01_0.JPEG"
      let whole = try #require(Data(base64Encoded: Self.colour))
      try writeFile(image, whole.prefix(250))
      #expect(refusal(settings, folder).hasPrefix("\(image): damaged JPEG"))
      try writePicture(image, .white)
      #expect(refusal(settings, folder).hasPrefix("\(image): is not 64×64; --skip-damaged"))
      try FileManager.default.removeItem(atPath: "\(folder)/val/images/val_1.JPEG")
      let (store, damaged, _) = try importTree(settings, folder, skipDamaged: true)
      #expect(
        damaged.count == 2 && damaged[1].hasPrefix("\(folder)/val/images/val_1.JPEG: No such"))
      #expect(store.count("image", "train") == 3 && store.count("image", "test") == 1)
      try FileManager.default.removeItem(atPath: "\(folder).h5")

      try writeLines("\(folder)/val/val_annotations.txt", ["val_0.JPEG\tn09\t0\t0\t1\t1"])
      #expect(refusal(settings, folder).hasPrefix("\(folder)/val/val_annotations.txt: line 1: "))
      try writeLines("\(folder)/words.txt", ["n01\tgoldfish"])
      try writeLines("\(folder)/val/val_annotations.txt", ["val_0.JPEG\tn01\t0\t0\t1\t1"])
      #expect(refusal(settings, folder) == "\(folder)/words.txt: has no line for n02")
      try FileManager.default.removeItem(atPath: "\(folder)/train/n02")
      #expect(refusal(settings, folder).hasPrefix("\(folder)/train/n02/images: cannot be listed"))
    }
  }
}
