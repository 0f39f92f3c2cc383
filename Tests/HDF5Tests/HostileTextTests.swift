import Files
import Foundation
import TestSupport
import Testing

@testable import HDF5

/// Texts of any length: what is damaged or made on purpose ends in words, and in no other way.
@Suite(.serialized) struct HostileTextTests {
  private let texts = ["eins", "zwei Wörter", "", String(repeating: "drei ", count: 2_000)]

  private func withFile(_ body: (_ path: String, _ bytes: Data) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try HDF5File.save(path) { file in
        try file.write("texts", texts: texts)
        try file.setAttribute("text", "ein Text")
      }
      try body(path, try #require(FileManager.default.contents(atPath: path)))
    }
  }

  /// What reading a changed file comes to; the texts where that goes well.
  private func read(_ path: String, _ bytes: Data) throws -> [String]? {
    try bytes.write(to: URL(fileURLWithPath: path))
    var found: [String]?
    let said = message {
      let file = try HDF5File.open(path)
      found = try file.texts("texts") + [file.textAttribute("text")]
    }
    #expect(said?.contains("\n") != true)
    return found
  }

  @Test func anyByteOfTheHeapsHeadsMayBeWrong() throws {
    try withFile { path, bytes in
      let whole = try #require(try read(path, bytes))
      #expect(whole == texts + ["ein Text"])
      var refused = 0
      for collection in bytes.ranges(of: Data("GCOL".utf8)) {
        for place in collection.lowerBound..<min(collection.lowerBound + 96, bytes.count) {
          for value in [0, 1, 0x7f, 0xff, bytes[place] ^ 0x10] as [UInt8] {
            var changed = bytes
            changed[place] = value
            if try read(path, changed) == nil { refused += 1 }
          }
        }
      }
      #expect(refused > 50)
    }
  }

  @Test func anyByteOfAReferenceMayBeWrong() throws {
    try withFile { path, bytes in
      // Length, address and index of the first text; its length and index are looked for.
      let first = Data([4, 0, 0, 0])
      let places = bytes.ranges(of: first).map(\.lowerBound).filter {
        bytes[$0 + 9..<$0 + 12] == Data([0, 0, 0]) && bytes[$0 + 12] > 0
      }
      let start = try #require(places.first)
      var refused = 0
      for place in start..<start + 16 * texts.count {
        for value in [0, 1, 0x7f, 0xff] as [UInt8] {
          var changed = bytes
          changed[place] = value
          if try read(path, changed) == nil { refused += 1 }
        }
      }
      #expect(refused > 50)
    }
  }

  /// A few bytes are no more than a few bytes, however often they are pointed to.
  @Test func textsAreNoMoreThanTheFile() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      let long = String(repeating: "x", count: 100_000)
      try HDF5File.save(path) {
        try $0.write("texts", texts: [long] + [String](repeating: "y", count: 99))
      }
      var bytes = try #require(FileManager.default.contents(atPath: path))
      let length = withUnsafeBytes(of: UInt32(100_000).littleEndian) { Data($0) }
      let start = try #require(bytes.range(of: length)).lowerBound
      for row in 1..<100 {
        bytes.replaceSubrange(
          start + 16 * row..<start + 16 * (row + 1), with: bytes[start..<start + 16])
      }
      try bytes.write(to: URL(fileURLWithPath: path))
      let said = message { _ = try HDF5File.open(path).texts("texts") }
      #expect(
        said
          == "\(path): texts: read failed: the file is damaged: its texts are not where it says; "
          + "copy or make it again")
    }
  }
}
