import Foundation
import Machines

/// `--fresh`: a run that starts over, though its folder has one. A batch job that Slurm requeues
/// runs the same command again; it is then to go on with what it started itself.
struct FreshStart {
  private static let name = ".fresh"
  private let path: String
  /// Of Slurm, the same before and after a requeue; nil outside of it.
  private let batchJob: String?

  init(in folder: String, environment: [String: String] = ProcessInfo.processInfo.environment) {
    path = "\(folder)/\(Self.name)"
    batchJob = environment["SLURM_JOB_ID"]
  }

  /// Whether this batch job has started the folder's run over already.
  var isDone: Bool {
    guard let batchJob else { return false }
    return (try? String(contentsOfFile: path, encoding: .utf8)) == batchJob
  }

  /// Notes that it has.
  func setDone() throws {
    guard let batchJob else { return }
    try Data(batchJob.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// What goes on with a run that was stopped.
  var continuation: String {
    batchJob == nil ? "the same command without --fresh continues" : Stopped.sameCommand
  }
}
