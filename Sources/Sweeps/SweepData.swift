import Catalogues
import Datasets
import Jobs
import Synchronization

/// What tells the data of a sweep from any others, as they are now. Each is asked for once. A path
/// says nothing: a store may be imported again.
final class SweepData: Sendable {
  private let known = Mutex<[String: String?]>([:])

  /// The fingerprint of a job's shards; nil where its data cannot be read.
  func shards(of job: Job) -> String? {
    once(key("shards", job, ["clients", "seed"])) { try job.shardFingerprint() }
  }

  /// What tells the data that a job's run is trained on; nil where they cannot be read.
  func training(of job: Job) -> String? {
    once(key("training", job, ["clients", "seed", "views"])) { try job.trainingFingerprint() }
  }

  private func key(_ what: String, _ job: Job, _ sections: [String]) -> String {
    let settings = Tree(sections.map { ($0, job.section($0)) }).digest
    return "\(what) \(job.data.sorted { $0.key < $1.key }) \(settings)"
  }

  /// The fingerprint of a sample store; nil where it cannot be read.
  func store(_ path: String) -> String? {
    once(path) { try SampleStore.open(path).fingerprint() }
  }

  private func once(_ key: String, _ body: () throws -> String) -> String? {
    if let value = known.withLock({ $0[key] }) { return value }
    let value = try? body()
    known.withLock { $0[key] = value }
    return value
  }
}
