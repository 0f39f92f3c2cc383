import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileSystemTests {
  private let folder = TemporaryFolder()

  @Test func foldersAreMadeWithThoseAboveThem() throws {
    for _ in 0..<2 { try FileSystem.makeFolder(folder.path("a/b/c")) }
    try FileSystem.write([1, 2], to: folder.path("a/b/c/file"))
    #expect(FileSystem.contents(folder.path("a/b/c/file")) == [1, 2])
    #expect(
      message { try FileSystem.makeFolder(folder.path("a/b/c/file")) }
        == "\(folder.path("a/b/c/file")): cannot be made (File exists)")
    #expect(
      message { try FileSystem.makeFolder(folder.path("a/b/c/file/d")) }
        == "\(folder.path("a/b/c/file/d")): cannot be made (Not a directory)")
    for _ in 0..<2 { try FileSystem.remove(folder.path("a")) }
    #expect(folder.names == [])
  }

  /// The name never holds half of a file, and nothing else is left.
  @Test func filesAreReplacedWhole() throws {
    let path = folder.path("file")
    for bytes in [[], [7], [UInt8](repeating: 3, count: 100_000)] as [[UInt8]] {
      try FileSystem.write(bytes, to: path)
      #expect(FileSystem.contents(path) == bytes)
    }
    #expect(FileSystem.contents(path, most: 99_999) == nil)
    #expect(
      message { try FileSystem.write([1], to: folder.path("none/file")) }
        == "\(folder.path("none/file")): cannot be written (open: No such file or directory)")
    #expect(folder.names == ["file"])
  }

  @Test func bytesAreAddedToAFileThatIsThere() throws {
    let path = folder.path("file")
    #expect(
      message { try FileSystem.append([1], to: path) }
        == "\(path): cannot be read (open: No such file or directory)")
    try FileSystem.write([1, 2], to: path)
    for bytes in [[], [3], [4, 5]] as [[UInt8]] { try FileSystem.append(bytes, to: path) }
    #expect(FileSystem.contents(path) == [1, 2, 3, 4, 5] && folder.names == ["file"])
  }

  /// Nobody writes to the pipe: a reader that opens it would wait.
  @Test func pipesAreNotWaitedFor() {
    mkfifo(folder.path("pipe"), 0o600)
    #expect(FileSystem.contents(folder.path("pipe")) == nil)
    #expect(FileSystem.contents(folder.path("none")) == nil)
  }
}
