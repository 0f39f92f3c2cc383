import Checkpoints
import Files
import Foundation

/// The folder of a run's files: checkpoints and results.
public struct RunFolder {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var checkpoints: CheckpointFolder { CheckpointFolder(path) }
  public var clientStates: ClientStates { checkpoints.clientStates }
  public var resultsFile: String { "\(path)/results.h5" }

  /// Makes the folder, unless it is there, and takes it for this process. Throws where files cannot
  /// be made in it, or another process has it.
  /// - Parameter note: told where nothing can keep others out.
  public func prepare(note: (String) -> Void) throws -> FolderLock {
    do { try FileSystem.makeFolder(path) } catch {
      throw JobError(path: error.path, message: "\(error.message); set 'results'")
    }
    let probe = "\(path)/.writable-\(getpid())"
    let descriptor = open(probe, O_CREAT | O_WRONLY | O_EXCL, 0o600)
    guard descriptor >= 0 else {
      throw JobError(
        path: path,
        message: "the results folder cannot be written: \(String(cString: strerror(errno))); "
          + "set 'results'")
    }
    close(descriptor)
    unlink(probe)
    let lock = try FolderLock(path, for: "a run", note: note)
    checkpoints.removeUnfinished()
    return lock
  }

  /// Whether the results are there, with the measurement after the last round where the job asks
  /// for one: it comes after the last checkpoint. Results that cannot be read are not made anew.
  public func isMeasured(_ job: Job) -> Bool {
    guard FileManager.default.fileExists(atPath: resultsFile) else { return false }
    let last = job.federation.rounds
    guard let results = try? Results(reading: resultsFile) else { return true }
    if let other = results.job, !job.isContinued(other, at: resultsFile) { return false }
    guard job.monitor.isDue(after: last, of: last) else { return true }
    return !results.measurements(round: last).isEmpty
  }

  /// Whether there is a run, or what is left of one.
  private var hasRun: Bool {
    !checkpoints.rounds().isEmpty || FileManager.default.fileExists(atPath: resultsFile)
  }

  /// Throws where the folder has what is no run's: that is left where somebody put it. Hidden files
  /// are a run's own, or nobody's work.
  private func requireRunAlone() throws {
    let own = ["results.h5", "failure.json", "clients", "evaluations", "embeddings"]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let other = names.sorted().first { name in
      !name.hasPrefix(".") && !own.contains(name) && CheckpointFolder.round(of: name) == nil
    }
    if let other {
      throw JobError(
        path: path,
        message: "cannot be moved aside, for it holds '\(other)' beside a run; move that away, or "
          + "give 'results' a folder of its own")
    }
  }

  /// Moves a run that is there aside, to the first free `NAME.old-N`, and returns where to; nil
  /// where there is none. Throws where the folder has what is no run's.
  /// - Parameter others: files and folders that must stay where they are.
  public func setAside(besides others: [String] = []) throws -> String? {
    guard hasRun else { return nil }
    let own = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    for other in others + [FileManager.default.currentDirectoryPath] {
      let place = URL(fileURLWithPath: other).resolvingSymlinksInPath().path
      guard place != own, !place.hasPrefix(own + "/") else {
        throw JobError(
          path: path,
          message: "cannot be moved aside, for \(other) is in it; give 'results' a folder of its "
            + "own, or move the run's files yourself")
      }
    }
    try requireRunAlone()
    var number = 1
    while FileManager.default.fileExists(atPath: "\(path).old-\(number)") { number += 1 }
    let target = "\(path).old-\(number)"
    guard rename(path, target) == 0 else {
      throw JobError(
        path: path, message: "cannot be moved to \(target): \(String(cString: strerror(errno)))")
    }
    return target
  }
}
