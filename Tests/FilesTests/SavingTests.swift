import Files
import Foundation
import HDF5
import TestSupport
import Testing

@Suite(.serialized) struct SavingTests {
  /// What killed processes have left goes; what others are writing, or is another file's, stays.
  @Test func abandonedFilesAreRemoved() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      let own = TemporaryName.beside(path)
      let stem = own.dropLast("\(getpid())".count)
      let stay = [
        own, "\(stem)\(getppid())", "\(stem)x", "\(folder)/.b.a.h5.tmp-1", "\(folder)/.a.h5.import",
      ]
      // No process has a number beyond 2²².
      let go = ["\(stem)99999991", "\(stem)99999992/inner"]
      for name in stay + go { try writeFile(name, [1]) }
      TemporaryName.removeAbandoned(path)
      #expect(stay.allSatisfy { FileManager.default.fileExists(atPath: $0) })
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == stay.count)
      try writeFile(go[0], [1])
      try HDF5File.save(path) { try $0.write("x", [1] as [Float]) }
      #expect(!FileManager.default.fileExists(atPath: go[0]))
    }
  }

  @Test func whatFailsWhileSavingLeavesTheOldFileAlone() throws {
    struct Failure: Error {}
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try HDF5File.save(path) { try $0.write("x", [1] as [Float]) }
      #expect(throws: Failure.self) {
        try HDF5File.save(path) {
          try $0.write("x", [2] as [Float])
          throw Failure()
        }
      }
      #expect(try HDF5File.open(path).read("x") as [Float] == [1])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.h5"])
    }
  }
}
