import Foundation
import Machines
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
    let lock = try run.prepare { _ in }
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.path) == [".lock"])
    withExtendedLifetime(lock) {}
  }

  /// A second process is refused in one line that names the first; once that is gone, it is not.
  @Test func aFolderHasOneOwner() throws {
    let run = RunFolder(folder.path("demo"))
    var lock: FolderLock? = try run.prepare { _ in }
    #expect {
      _ = try run.prepare { _ in }
    } throws: {
      "\($0)".hasPrefix(
        "\(run.path): a run is at work here in another process (\(Machine().host), process "
          + "\(getpid()))")
    }
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try run.prepare { _ in }
  }

  /// What is no run is left where it is, and so is a run among files that are not its own.
  @Test func whatIsNoRunIsNotMoved() throws {
    folder.write("mine/job.yaml", "")
    let run = RunFolder(folder.path("mine"))
    #expect(try run.setAside(besides: [folder.path("mine/job.yaml")]) == nil)
    folder.write("mine/results.h5", "")
    #expect {
      _ = try run.setAside(besides: [folder.path("mine/job.yaml")])
    } throws: {
      "\($0)".hasPrefix("\(run.path): cannot be moved aside, for \(run.path)/job.yaml is in it")
    }
    #expect(
      message { _ = try run.setAside() }
        == "\(run.path): cannot be moved aside, for it holds 'job.yaml' beside a run; move that away, "
        + "or give 'results' a folder of its own")
    #expect(folder.names == ["mine"])
    try FileManager.default.removeItem(atPath: folder.path("mine/job.yaml"))
    for own in ["checkpoint-000002.h5", "clients/a.h5", "failure.json", ".lock", ".fresh"] {
      folder.write("mine/\(own)", "")
    }
    #expect(try run.setAside(besides: [folder.path("elsewhere.h5")]) == "\(run.path).old-1")
  }

  /// A batch job that Slurm requeues goes on with what it started over; another, and a second
  /// command of the same allocation, start over again.
  @Test func freshOnceABatchJob() throws {
    func start(_ job: String?, requeues: String? = nil) -> FreshStart {
      var environment = job.map { ["SLURM_JOB_ID": $0] } ?? [:]
      environment["SLURM_RESTART_COUNT"] = requeues
      return FreshStart(in: folder.path(""), environment: environment)
    }
    #expect(!start("7").isDone)
    try start("7").setDone()
    #expect(!start("7").isDone && !start("8").isDone && !start(nil).isDone)
    #expect(start("7", requeues: "1").isDone && start("7", requeues: "2").isDone)
    #expect(!start("8", requeues: "1").isDone)
    try start("7", requeues: "1").setDone()
    #expect(!start("7", requeues: "1").isDone && start("7", requeues: "2").isDone)
    #expect(start("7").continuation == "the same command continues")
    #expect(start(nil).continuation.contains("without --fresh"))
  }

  /// Results behind a link that leads nowhere.
  @Test func aDanglingLinkIsNamed() throws {
    let run = RunFolder(folder.path("runs"))
    try FileManager.default.createSymbolicLink(
      atPath: run.path, withDestinationPath: folder.path("scratch/gone"))
    #expect(
      message { _ = try run.prepare { _ in } }
        == "\(run.path): is a link to \(folder.path("scratch/gone")), which is not there; set "
        + "'results'")
  }

  @Test func whereTheNoteCannotBeWrittenItsFileIsNamed() {
    let path = folder.path("missing")
    #expect {
      try FreshStart(in: path, environment: ["SLURM_JOB_ID": "7"]).setDone()
    } throws: { "\($0)".hasPrefix("\(path)/.fresh: cannot be written") }
  }

  @Test func whereNoFolderCanBeMadeThePathIsNamed() {
    folder.write("file", "")
    let path = folder.path("file/runs")
    #expect {
      _ = try RunFolder(path).prepare { _ in }
    } throws: {
      "\($0)" == "\(path): cannot be made (Not a directory); set 'results'"
    }
  }
}
