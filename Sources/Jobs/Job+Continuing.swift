import Catalogues
import Checkpoints

extension Job {
  /// Settings that may change between the parts of one run: none of them changes the model. The
  /// paths are free since the checkpoint knows its shards by their content.
  static let freeKeys = [
    "name", "data", "shards", "results", "monitor", "federation.schedule",
    "federation.checkpoint_every", "federation.keep", "training.recompute", "training.threads",
  ]

  /// Throws where a checkpoint was made by another job than this one, with the keys that differ.
  /// `federation.rounds` may change, but not below the checkpoint's, and not where the learning
  /// rate depends on it.
  public func verify(_ checkpoint: Checkpoint, at path: String) throws {
    guard let differing = differences(from: checkpoint.job, at: path) else {
      throw JobError(path: path, message: "its job cannot be read; start over with --fresh")
    }
    guard differing.isEmpty else {
      throw JobError(
        path: path,
        message:
          "made by another job: \(Self.words(differing)); give this job another name or start over "
          + "with --fresh")
    }
    guard checkpoint.round <= federation.rounds else {
      throw JobError(
        path: path,
        message: "has \(counted(checkpoint.round, "round")), more than federation.rounds "
          + "\(federation.rounds); raise it or start over with --fresh")
    }
  }

  /// What a file's job, as JSON, has otherwise than this one, of what must not change in a run; nil
  /// where it is no job.
  func differences(
    from json: String, at path: String
  ) -> [(key: String, old: String, new: String)]? {
    // What another version left unsaid, or said in other words, has its value of today.
    guard let old = try? Job(path: path, json: json) else { return nil }
    let differing = Self.differences(from: old.resolved, to: resolved)
    guard training.schedule != "cosine-rounds" else { return differing }
    return differing.filter { $0.key != "federation.rounds" }
  }

  /// Whether a file's job, as JSON, is this one, so far as a run may go on.
  public func isContinued(_ json: String, at path: String) -> Bool {
    differences(from: json, at: path)?.isEmpty ?? false
  }

  /// What the monitor was told otherwise by a file's job: such figures are no curve.
  func monitorDifferences(from json: String) -> String? {
    guard let old = try? Tree(json: json)["monitor"] else { return nil }
    let free = ["every", "drift"]
    let differing = Self.differences(
      from: ["monitor": old.without(free)], to: ["monitor": section("monitor").without(free)],
      free: [])
    return differing.isEmpty ? nil : Self.words(differing)
  }

  /// "training.rate 0.01 -> 0.05, …".
  static func words(_ differences: [(key: String, old: String, new: String)]) -> String {
    differences.map { "\($0.key) \($0.old) -> \($0.new)" }.joined(separator: ", ")
  }

  /// The leaves that two resolved jobs do not share, but for data and the free keys, sorted by key.
  /// - Parameter free: where empty, paths of data count as well.
  static func differences(
    from old: Tree, to new: Tree, free: [String] = Job.freeKeys
  ) -> [(key: String, old: String, new: String)] {
    let (before, after) = (old.leaves, new.leaves)
    return Set(before.keys).union(after.keys).sorted().compactMap { key in
      let isFree =
        !free.isEmpty
        && (isDataPath(key) || free.contains { key == $0 || key.hasPrefix($0 + ".") })
      guard !isFree, before[key] != after[key] else { return nil }
      return (key, before[key]?.json ?? "(not there)", after[key]?.json ?? "(not there)")
    }
  }
}
