import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileLockTests {
  let folder = TemporaryFolder()

  @Test func aTakenLockKeepsOthersOut() throws {
    let path = folder.path("locks/a")
    let lock = try #require(try FileLock(path))
    #expect(try FileLock(path) == nil)
    #expect(try FileLock.wait(path, isStopped: { true }) == nil)
    withExtendedLifetime(lock) {}
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    folder.write("file", "")
    let path = folder.path("file/lock")
    #expect(throws: FileError.self) { try FileLock(path) }
  }
}
