import Catalogues
import Datasets
import Digests
import Foundation

extension Job {
  /// How the job's data are cut into clients.
  public func shardPlan(byReference: Bool = false) throws -> ShardPlan {
    var sources: [String: ShardPlan.Source] = [:]
    for (modality, path) in data {
      sources[modality] = try ShardPlan.Source(
        path: path, partitioner: try partitioner(of: modality), minimum: clients.minimum)
    }
    return ShardPlan(
      sources: sources, clients: clients.count, seed: seed, byReference: byReference,
      mix: clients.missing.isEmpty
        ? ModalityMix(
          clients.mix, clients: clients.count, seed: seed, redistributes: clients.redistribute)
        : ModalityMix(
          missing: clients.missing, of: modalityNames, clients: clients.count, seed: seed,
          redistributes: clients.redistribute))
  }

  /// What tells the job's shards, as they would be cut of the data today, from any others.
  public func shardFingerprint() throws -> String {
    try inClients { try shardPlan().fingerprint() }
  }

  /// What tells the data that a run is trained on from any others: its shards, and the statistics
  /// of its views where those of the stores are for other options.
  /// - Parameter others: a modality with its options for each of these.
  static func trainingFingerprint(shards: String, others: [String]) -> String {
    others.isEmpty ? shards : SHA256.hex(of: ([shards] + others).joined(separator: "\n"))
  }

  /// The same of this job's shards as they would be cut of the data today.
  public func trainingFingerprint() throws -> String {
    let others = try modalityNames.compactMap { name in
      try SampleStore.open(data[name]!).otherStatistics(name, for: makeModality(name))
        .map { "\(name) \($0)" }
    }
    return Self.trainingFingerprint(shards: try shardFingerprint(), others: others)
  }

  /// Which client gets which samples, by modality; nothing is written.
  public func partitions() throws -> [String: Partition] {
    try inClients { try shardPlan().partitions() }
  }

  /// Cuts the job's data into clients and writes them into a folder, its own if none is given.
  @discardableResult
  public func makeShards(
    byReference: Bool = false, to folder: String? = nil, overwrite: Bool = false,
    progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
  ) throws -> ShardOutcome {
    try inClients {
      try Datasets.makeShards(
        plan: shardPlan(byReference: byReference), to: folder ?? shards, overwrite: overwrite,
        progress: progress)
    }
  }

  /// The settings of a modality's partitioner, with absolute paths.
  private func partitioner(of modality: String) throws -> Tree {
    if let alpha = clients.alpha[modality] {
      return ["name": .text(Dirichlet.name), "alpha": .number(alpha)]
    }
    var settings = section("clients")["partitioner"]?[modality] ?? [:]
    for option in try partitioners.fileOptions(of: settings) {
      guard let file = settings[option]?.text else { continue }
      settings[option] = .text(Self.absolute(file, beside: path))
    }
    return settings
  }

  /// What is wrong with the cut as an error of this job, with the whole key.
  private func inClients<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as ConfigurationError {
      throw JobError(path: path, message: "\(error.inside("clients"))")
    }
  }

  /// Whether a leaf of a job is a path of its data: a sample store, or a file that a partitioner
  /// reads.
  public static func isDataPath(_ key: String) -> Bool {
    if key.hasPrefix("data.") { return true }
    guard key.hasPrefix("clients.partitioner."), let option = key.split(separator: ".").last else {
      return false
    }
    return partitioners.entries.contains { $0.fileOptions.contains(String(option)) }
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
        message: "shards of another job: \(difference); replace them with "
          + "'motet shard --overwrite \(path)' and the same --set, or set 'shards'")
    }
    try reader.verifyFiles()
    return reader
  }
}
