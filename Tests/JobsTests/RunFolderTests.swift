import Foundation
import TestSupport
import Testing

@testable import Jobs

@Suite struct RunFolderTests {
  let folder = TemporaryFolder()

  @Test func anOldRunIsMovedAsideNeverRemoved() throws {
    let run = RunFolder(folder.path("demo"))
    #expect(try run.setAside() == nil)
    for number in 1...3 {
      folder.write("demo/results.h5", "run \(number)")
      #expect(try run.setAside() == folder.path("demo.old-\(number)"))
    }
    #expect(folder.names == ["demo.old-1", "demo.old-2", "demo.old-3"])
    #expect(
      try String(contentsOfFile: folder.path("demo.old-2/results.h5"), encoding: .utf8) == "run 2")
  }

  @Test func preparingLeavesAnEmptyFolder() throws {
    let run = RunFolder(folder.path("a/b/c"))
    try run.prepare()
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.path).isEmpty)
    try run.prepare()
  }

  @Test func whereNoFolderCanBeMadeThePathIsNamed() {
    folder.write("file", "")
    let path = folder.path("file/runs")
    #expect {
      try RunFolder(path).prepare()
    } throws: { "\($0)" == "\(path): the results folder cannot be made; set 'results'" }
  }
}
