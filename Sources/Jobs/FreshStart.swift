import Files
import Foundation
import Machines

/// `--fresh`: a run that starts over, though its folder has one. A batch job that Slurm requeues
/// runs the same command again; it is then to go on with what it started itself.
struct FreshStart {
  private static let name = ".fresh"
  private let path: String
  /// Slurm's number, the same before and after a requeue; nil outside of it.
  private let batchJob: String?
  /// How often Slurm has requeued it.
  private let requeues: String

  init(in folder: String, environment: [String: String] = ProcessInfo.processInfo.environment) {
    path = "\(folder)/\(Self.name)"
    batchJob = environment["SLURM_JOB_ID"]
    requeues = environment["SLURM_RESTART_COUNT"] ?? "0"
  }

  /// Whether this batch job started the folder's run over before it was requeued. A second command
  /// of the same allocation is another start.
  var isDone: Bool {
    guard let batchJob, let note = FileSystem.contents(path) else { return false }
    let noted = String(decoding: note, as: UTF8.self).split(separator: " ")
    return noted.first == batchJob[...] && noted.last != requeues[...]
  }

  /// Notes that it has.
  func setDone() throws {
    guard let batchJob else { return }
    try FileSystem.write("\(batchJob) \(requeues)".utf8, to: path)
  }

  /// What goes on with a run that was stopped.
  var continuation: String {
    batchJob == nil ? "the same command without --fresh continues" : Stopped.sameCommand
  }
}
