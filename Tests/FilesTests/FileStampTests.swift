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

  @Test func numbersSortAsNames() {
    #expect(padded(12, to: 6) == "000012" && padded(1_234_567, to: 6) == "1234567")
    #expect(padded(0, to: 3) == "000")
  }
}
