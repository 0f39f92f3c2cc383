import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileStampTests {
  let folder = TemporaryFolder()

  @Test func changesAreSeen() throws {
    let path = folder.write("a.txt", "one")
    let before = try #require(FileStamp(of: path))
    #expect(before.bytes == 3 && before == FileStamp(of: path))
    folder.write("a.txt", "two, longer")
    #expect(FileStamp(of: path) != before)
    #expect(FileStamp(of: folder.path("nothing")) == nil)
  }

  /// A file's year may be any that its file system has.
  @Test(arguments: [-1, 1 << 33, 1 << 34, 1 << 60])
  func anyYear(seconds: Int) throws {
    let path = folder.write("a.txt", "one")
    let before = try #require(FileStamp(of: path))
    let times = [timespec](repeating: timespec(tv_sec: seconds, tv_nsec: 5), count: 2)
    // Some file systems refuse what they cannot store.
    guard utimensat(AT_FDCWD, path, times, 0) == 0 else { return }
    #expect(try #require(FileStamp(of: path)) != before)
  }

  @Test func numbersSortAsNames() {
    #expect(padded(12, to: 6) == "000012" && padded(1_234_567, to: 6) == "1234567")
    #expect(padded(0, to: 3) == "000")
  }
}
