import Checkpoints
import Foundation

/// The folder of a run's files: checkpoints and results.
public struct RunFolder {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var checkpoints: CheckpointFolder { CheckpointFolder(path) }
  public var clientStates: ClientStates { checkpoints.clientStates }
  public var resultsFile: String { "\(path)/results.h5" }

  /// Makes the folder, unless it is there. Throws where files cannot be made in it.
  public func prepare() throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw JobError(path: path, message: "the results folder cannot be made; set 'results'")
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
    checkpoints.removeUnfinished()
  }

  /// Moves a run that is there aside, to the first free `NAME.old-N`, and returns where to; nil
  /// where there is nothing to move.
  public func setAside() throws -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard !names.isEmpty else { return nil }
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
