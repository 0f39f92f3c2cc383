import Files
import Foundation

/// This user's batch jobs that Motet submitted and Slurm has not ended.
struct SlurmQueue {
  struct Entry: Equatable {
    /// "12" or, a task of an array, "12_3".
    let job: String
    /// A cell's number, where it is a task of an array.
    let task: Int?
    let isRunning: Bool
    /// Where it runs, or why it does not.
    let reason: String
    /// The time that its limit leaves, as Slurm writes it.
    let left: String
  }

  /// By the folder of a run or a sweep, without links (`FileSystem.resolved`).
  private(set) var entries: [String: [Entry]] = [:]

  /// What is said in a job's comment: where its results are.
  static func comment(_ folder: String) -> String { "motet:\(folder)" }

  init() throws {
    try self.init(
      Slurm.call(["squeue", "--me", "--array", "--noheader", "--format=%i|%K|%T|%L|%R|%k"]))
  }

  /// - Parameter text: a line a job: number, task, state, time left, reason, comment.
  init(_ text: String) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      let prefix = Self.comment("")
      guard parts.count == 6, parts[5].hasPrefix(prefix) else { continue }
      let entry = Entry(
        job: parts[0], task: Int(parts[1]), isRunning: parts[2] != "PENDING", reason: parts[4],
        left: parts[3])
      let folder = FileSystem.resolved(String(parts[5].dropFirst(prefix.count)))
      // Of several for one run, the one that is at work comes first.
      entries[folder, default: []].insert(
        entry, at: entry.isRunning ? 0 : entries[folder]?.count ?? 0)
    }
  }
}
