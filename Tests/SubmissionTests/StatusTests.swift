import Files
import Foundation
import Jobs
import Sweeps
import TestSupport
import Testing

@testable import Submission

@Suite struct StatusTests {
  /// What squeue prints, of other people's programs too.
  @Test func theQueueByFolder() {
    let queue = SlurmQueue(
      """
      12|N/A|RUNNING|1:00:00|n1|motet:/a/run
      13_2|2|RUNNING|10:00|n[1-2]|motet:/a/sweep
      13_3|3|PENDING|10:00|(Priority)|motet:/a/sweep
      14|N/A|RUNNING|1:00|n1|(null)
      15|N/A|PENDING
      16|N/A|PENDING|1:00|(Resources)|motet:/with a | in it
      """)
    #expect(queue.entries.count == 3)
    #expect(
      queue.entries["/a/run"] == [
        .init(job: "12", task: nil, isRunning: true, reason: "n1", left: "1:00:00")
      ])
    let tasks = queue.entries["/a/sweep"] ?? []
    #expect(tasks.map(\.task) == [2, 3])
    #expect(tasks.map(\.isRunning) == [true, false])
    #expect(tasks.map(\.reason) == ["n[1-2]", "(Priority)"])
    #expect(queue.entries["/with a | in it"]?.first?.job == "16")
  }

  @Test func locksThatAreHeld() throws {
    let folder = TemporaryFolder()
    let path = folder.path("lock")
    #expect(!FileLock.isHeld(path))
    do {
      let lock = try #require(try FileLock(path))
      withExtendedLifetime(lock) { #expect(FileLock.isHeld(path)) }
    }
    #expect(!FileLock.isHeld(path))
  }

  /// What a run's files say of it, where nobody is at it.
  @Test func runsByTheirFiles() throws {
    let folder = TemporaryFolder()
    func state(_ name: String) -> RunStatus.State {
      RunStatus(folder.path(name), name: name).state
    }
    #expect(state("none") == .missing)
    // It died before it had any figures.
    RunFailure(stage: "run", status: 1, message: "no memory").write(in: folder.path("failed"))
    #expect(state("failed") == .failed("run: no memory"))
    #expect(
      try RunSource.find([folder.path("failed")], warn: { _ in }, unreadable: { _ in }).count == 1)
    folder.write("damaged/results.h5", "no HDF5")
    guard case .damaged = state("damaged") else {
      Issue.record("\(state("damaged"))")
      return
    }
  }

  /// A folder has one name, whatever links lead to it, also where it is not there yet.
  @Test func linksAreOneFolder() throws {
    let folder = TemporaryFolder()
    folder.write("real/file", "")
    #expect(symlink(folder.path("real"), folder.path("link")) == 0)
    let real = FileSystem.resolved(folder.path("real"))
    #expect(FileSystem.resolved(folder.path("link")) == real)
    #expect(FileSystem.resolved(folder.path("link/a/b")) == "\(real)/a/b")
    let queue = SlurmQueue(
      "7|N/A|PENDING|1:00|(Priority)|motet:\(folder.path("link/run"))\n"
        + "8|N/A|RUNNING|1:00|n1|motet:\(real)/run")
    #expect(queue.entries["\(real)/run"]?.map(\.job) == ["8", "7"])
  }
}
