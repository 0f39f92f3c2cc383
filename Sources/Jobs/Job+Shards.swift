import Catalogues
import Datasets
import Foundation

extension Job {
  /// How the job's data are cut into clients.
  public func shardPlan(byReference: Bool = false) throws -> ShardPlan {
    var sources: [String: ShardPlan.Source] = [:]
    for (modality, path) in data {
      sources[modality] = try ShardPlan.Source(
        path: path, partitioner: ["name": "dirichlet", "alpha": clients.alpha[modality]!],
        minimum: clients.minimum)
    }
    return ShardPlan(
      sources: sources, clients: clients.count, seed: seed, byReference: byReference,
      mix: ModalityMix(
        clients.mix, clients: clients.count, seed: seed, redistributes: clients.redistribute))
  }

  /// The job's shards, checked: they are there, whole, and made from this job's data as it says.
  public func openShards() throws -> ShardReader {
    guard FileManager.default.fileExists(atPath: shards) else {
      throw JobError(
        path: shards, message: "there are no shards; make them with 'motet shard \(path)'")
    }
    let reader = try ShardReader.open(shards)
    // Copies and references give the same clients.
    let found = reader.plan.filter { $0.key != "by_reference" }
    let wanted = try shardPlan().entries().filter { $0.key != "by_reference" }
    if let difference = ShardPlan.difference(found: found, wanted: wanted) {
      throw JobError(
        path: shards,
        message: "shards of another job: \(difference); move them away and run "
          + "'motet shard \(path)', or set 'shards'")
    }
    try reader.verifyFiles()
    return reader
  }
}
