import Files
import Foundation
import HDF5
import TestSupport
import Testing

/// What may stand where a file is expected.
@Suite(.serialized) struct OpeningTests {
  @Test func pipesFoldersAndDevicesAreNamedAndNotWaitedFor() throws {
    try withTemporaryFolder { folder in
      let pipe = "\(folder)/pipe"
      #expect(mkfifo(pipe, 0o666) == 0)
      for open in [{ _ = try HDF5File.open($0) }, { _ = try HDF5File.openSealed($0) }]
        as [(String) throws -> Void]
      {
        let odd = "open failed: this is a pipe or a device, not a file"
        #expect(message { try open(pipe) } == "\(pipe): \(odd)")
        #expect(message { try open("/dev/null") } == "/dev/null: \(odd)")
        #expect(message { try open(folder) } == "\(folder): open failed: this is a folder")
      }
    }
  }

  /// What a link in a folder that others may write to leads to is not written to.
  @Test func newFilesFollowNoLink() throws {
    try withTemporaryFolder { folder in
      let precious = "\(folder)/precious"
      try writeFile(precious, Array("precious".utf8))
      let path = "\(folder)/a.h5"
      #expect(symlink(precious, path) == 0)
      #expect(
        message { _ = try HDF5File.create(path) } == "\(path): create failed: File exists")
      #expect(symlink(precious, TemporaryName.beside(path)) == 0)
      try HDF5File.save(path) { try $0.write("x", [1] as [Float]) }
      #expect(FileManager.default.contents(atPath: precious) == Data("precious".utf8))
      var status = stat()
      #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
      #expect(try HDF5File.open(path).read("x") as [Float] == [1])
    }
  }

  @Test func aFileInUseSaysHowToGoOn() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try HDF5File.save(path) { try $0.write("x", [1] as [Float]) }
      let descriptor = Glibc.open(path, O_RDONLY)
      defer { close(descriptor) }
      #expect(flock(descriptor, LOCK_EX) == 0)
      #expect(
        message { _ = try HDF5File.open(path) }
          == "\(path): open failed: another program has it open for writing: close it there; where "
          + "none has, the file system's locks fail: set HDF5_USE_FILE_LOCKING=FALSE")
    }
  }
}
