import Files
import Foundation
import HDF5
import TestSupport
import Testing

@Suite(.serialized) struct HDF5FileTests {
  @Test func valuesComeBackAsTheyWereWritten() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try HDF5File.save(path) { file in
        try file.write("/deep/floats", [1.5, -2, .infinity] as [Float])
        try file.write("/deep/table", (0..<12).map { Int32($0) }, shape: [4, 3])
        try file.write("texts", texts: ["eins", "zwei Wörter", ""])
        try file.setAttribute("text", "ü")
        try file.setAttribute("whole", Int64.min, on: "/deep")
        try file.setAttribute("real", 0.1, on: "/deep")
      }
      let file = try HDF5File.open(path)
      #expect(try file.read("/deep/floats") as [Float] == [1.5, -2, .infinity])
      #expect(try file.shape("/deep/table") == [4, 3])
      #expect(try file.read("/deep/table", rows: 1..<3) as [Int32] == [3, 4, 5, 6, 7, 8])
      #expect(try file.texts("texts") == ["eins", "zwei Wörter", ""])
      #expect(try file.textAttribute("text") == "ü")
      #expect(try file.intAttribute("whole", on: "/deep") == .min)
      #expect(try file.doubleAttribute("real", on: "/deep") == 0.1)
      #expect(try file.attributeNames(on: "/deep") == ["real", "whole"])
      #expect(try file.names(in: "/deep") == ["floats", "table"])
      #expect(try file.contains("/deep/table") && !file.contains("/shallow/table"))
    }
  }

  @Test func sameContentIsTheSameBytes() throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b"] {
        try HDF5File.save("\(folder)/\(name)") { file in
          try file.makeGroup("/made/deeper")
          try file.setAttribute("text", "ü", on: "/made")
          try file.write("/deep/er/table", (0..<12).map { Int32($0) }, shape: [4, 3])
          try file.write("/other/texts", texts: ["eins", "zwei"])
        }
        // Times in a file count seconds.
        usleep(1_100_000)
      }
      let contents = ["a", "b"].map { FileManager.default.contents(atPath: "\(folder)/\($0)") }
      #expect(contents[0] != nil && contents[0] == contents[1])
    }
  }

  @Test func runsOfRowsAreReadOneBehindTheOther() throws {
    try withTemporaryFolder { folder in
      let file = try HDF5File.create("\(folder)/a.h5")
      try file.write("x", (0..<40).map { Int64($0) }, shape: [20, 2], chunk: [3, 2])
      var values = [Int64](repeating: -1, count: 8)
      try values.withUnsafeMutableBufferPointer {
        try file.read("x", runs: [5..<7, 0..<0, 19..<20, 1..<2], into: $0)
      }
      #expect(values == [10, 11, 12, 13, 38, 39, 2, 3])
    }
  }

  @Test func appendedRowsFollowTheOldOnes() throws {
    try withTemporaryFolder { folder in
      let file = try HDF5File.create("\(folder)/a.h5")
      try file.createDataset("x", of: Int16.self, shape: [0, 2], growable: true)
      try file.append("x", [1, 2] as [Int16])
      try file.append("x", [3, 4, 5, 6] as [Int16])
      #expect(try file.shape("x") == [3, 2])
      #expect(try file.read("x") as [Int16] == [1, 2, 3, 4, 5, 6])
    }
  }

  @Test func rowsBeyondTheEndAreAnError() throws {
    try withTemporaryFolder { folder in
      let file = try HDF5File.create("\(folder)/a.h5")
      try file.write("x", [1, 2, 3] as [Float])
      #expect(throws: HDF5Error.self) { _ = try file.read("x", rows: 2..<4) as [Float] }
      #expect(throws: HDF5Error.self) { _ = try file.read("y") as [Float] }
    }
  }

  @Test func theSameContentIsTheSameBytes() throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b"] {
        try HDF5File.save("\(folder)/\(name).h5") {
          try $0.write("/g/x", (0..<1_000).map { Float($0) }, level: 4)
          try $0.setAttribute("name", "value", on: "/g")
        }
      }
      let (a, b) = (
        FileManager.default.contents(atPath: "\(folder)/a.h5"),
        FileManager.default.contents(atPath: "\(folder)/b.h5")
      )
      #expect(a != nil && a == b)
    }
  }

  @Test func missingForeignAndTruncatedFilesAreNamed() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      func openingFails() -> String? { message { _ = try HDF5File.open(path) } }
      #expect(openingFails() == "\(path): open failed: there is no such file")
      try writeFile(path, Array("not HDF5 at all".utf8))
      #expect(openingFails() == "\(path): open failed: this is not an HDF5 file")
      try HDF5File.save(path) { try $0.write("x", [Float](repeating: 1, count: 100_000)) }
      let bytes = try #require(FileManager.default.contents(atPath: path))
      try writeFile(path, bytes.prefix(bytes.count / 2))
      #expect(
        openingFails() == "\(path): open failed: the file is truncated; copy or make it again")
      let nowhere = "\(folder)/none/a.h5"
      #expect(
        message { try HDF5File.save(nowhere) { _ in } }
          == "\(nowhere): create failed: No such file or directory")
    }
  }

  @Test func damagedValuesAreDetected() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try HDF5File.save(path) { try $0.write("x", [Float](repeating: 1.25, count: 1_000)) }
      var bytes = try #require(FileManager.default.contents(atPath: path))
      let value = withUnsafeBytes(of: SIMD4<Float>(repeating: 1.25)) { Data($0) }
      let place = try #require(bytes.range(of: value)).lowerBound
      bytes[place + 8] ^= 1
      try writeFile(path, bytes)
      let said = message { _ = try HDF5File.open(path).read("x") as [Float] }
      #expect(said?.contains("checksum") == true, "\(said ?? "")")
    }
  }

  @Test func formatsAreVerified() throws {
    let format = FileFormat("motet test", version: 2)
    try withTemporaryFolder { folder in
      let file = try HDF5File.create("\(folder)/a.h5")
      #expect(throws: FileFormatError.self) { try format.verify(file) }
      try format.stamp(file)
      try format.verify(file)
      let older = message { try FileFormat("motet test", version: 1).verify(file) }
      #expect(older == "\(folder)/a.h5: motet test of version 2; this motet reads version 1")
      let other = message { try FileFormat("motet quiz", version: 2).verify(file) }
      #expect(other == "\(folder)/a.h5: this is a motet test; expected a motet quiz")
    }
  }
}
