import Catalogues
import Datasets
import Foundation
import Media
import TestSupport
import Testing

/// What folders of one's own hold beside the files that are looked for.
@Suite(.serialized) struct FolderListingTests {
  private let settings: Tree = ["name": "image-folder", "test_share": 0]

  private func withPictures(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { base in
      for name in ["a/1.png", "a/2.png", "b/1.png"] {
        try writePicture("\(base)/pictures/\(name)", .white)
      }
      try body("\(base)/pictures")
    }
  }

  @Test(arguments: ["..", ".", "../../pictures/a", "deeper"]) func loopsAreRefused(
    target: String
  ) throws {
    try withPictures { folder in
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/a/link", withDestinationPath: target)
      if target == "deeper" {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/a/deeper", withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
          atPath: "\(folder)/a/deeper/up", withDestinationPath: "../deeper")
      }
      let said = refusal(settings, folder)
      #expect(said.contains("is a link to a folder above it; remove it"), "\(said)")
    }
  }

  @Test func linksToOtherFoldersAndFilesAreFollowed() throws {
    try withPictures { folder in
      try writePicture("\(folder)/../far/3.png", .black)
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/b/far", withDestinationPath: "../../far")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/b/2.png", withDestinationPath: "../a/2.png")
      #expect(try importTree(settings, folder).store.count("image", "train") == 5)
    }
  }

  @Test func filesOfOtherKindsAreCounted() throws {
    try withPictures { folder in
      for name in ["a/3.webp", "a/4.webp", "a/noext", "b/x.gif", "loose.png", "a/.hidden"] {
        try writeFile("\(folder)/\(name)", [1])
      }
      for name in ["a/5.jpe", "b/5.JFIF", "b/6.jpeg"] {
        try writeFile(
          "\(folder)/\(name)", try #require(Data(base64Encoded: Self.jpeg)))
      }
      let path = "\(folder).h5"
      let report = try importDataset(
        ["name": "image-folder", "test_share": 0, "size": 6], from: folder, to: path,
        policy: ImportSink.Policy(threads: 1), modality: { _ in Counting() }, progress: { _, _ in })
      #expect(
        report.leftOut == [
          ".: 1 file of other kinds (1 .png)",
          "a: 3 files of other kinds (2 .webp, 1 without an ending)",
          "b: 1 file of other kinds (1 .gif)",
        ])
      let store = try SampleStore.open(path)
      #expect(store.count("image", "train") == 6)
      #expect(try store.provenance().contains { $0 == ("left_out_files", "5") })
    }
  }

  @Test func aClassOfOtherKindsAloneIsNamed() throws {
    try withPictures { folder in
      try writeFile("\(folder)/c/1.webp", [1])
      #expect(
        refusal(settings, folder)
          == "\(folder)/c: this class folder has no JPEG or PNG images but 1 file of other kinds "
          + "(1 .webp); convert them, or remove it")
    }
  }

  @Test func namesThatAreNoTextAreRefused() throws {
    try withPictures { folder in
      let name = Array("\(folder)/a/".utf8CString.dropLast()) + [CChar(bitPattern: 0xE9), 0]
      #expect(mkdir(name, 0o700) == 0)
      let said = refusal(settings, folder)
      #expect(said.hasPrefix("\(folder)/a: has a name that is not UTF-8, '\u{FFFD}'"), "\(said)")
      rmdir(name)
    }
  }

  @Test func whatIsNoFileIsNamed() throws {
    try withPictures { folder in
      #expect(mkfifo("\(folder)/a/pipe.png", 0o600) == 0)
      #expect(refusal(settings, folder).hasPrefix("\(folder)/a/pipe.png: not a file"))
    }
  }

  /// Grey, 8 × 8, by Pillow.
  private static let jpeg =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL"
    + "EBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAB//EABQQAQAAAAAAAAAA"
    + "AAAAAAAAAAD/2gAIAQEAAD8ANH//2Q=="
}
