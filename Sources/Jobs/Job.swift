import Catalogues
import Encoders
import Federation
import Foundation
import Layers
import Training
import Views

/// One pretraining run, as a job file describes it: every setting present and in range.
public struct Job: Sendable {
  /// The file.
  public let path: String
  public let name: String
  public let seed: UInt64
  /// Sample stores by modality, absolute.
  public let data: [String: String]
  public let clients: ClientOptions
  public let model: Model
  public let training: TrainingOptions
  /// The optimizer of a client's training.
  public let optimizer: any Optimizer
  public let federation: FederationOptions
  public let aggregator: any Aggregator
  public let schedule: any ClientSchedule
  public let monitor: MonitorOptions
  /// The folder of the clients' shards, absolute.
  public let shards: String
  /// The folder of the run's files, absolute.
  public let results: String
  /// The whole job with every default filled in; paths as the file has them. It is stored in every
  /// output.
  public let resolved: Tree

  /// The modalities of the data, in the order of their catalogue.
  public var modalityNames: [String] { modalities.names.filter { data[$0] != nil } }

  public var encoder: any Encoder { model.encoder }

  /// What the encoder takes of a modality. Throws where it has no stem for it.
  public func viewShape(of modality: String) throws -> ViewShape {
    guard let channels = encoder.inputChannels(of: modality) else {
      throw JobError(
        path: path,
        message:
          "the encoder has no stem or BatchNorm for \(modality): they are its own modalities' "
          + "alone; pretrain with encoder.stems and encoder.norms shared, or with \(modality) among "
          + "the data")
    }
    return ViewShape(side: encoder.inputSide, channels: channels)
  }

  /// Which clients a round trains.
  public var selection: Selection {
    Selection(clients: clients.count, participation: federation.participation, seed: seed)
  }

  /// What a rank computes with.
  func makeEngine() throws -> Engine {
    try Engine(lanes: try Engine.lanesFromEnvironment(), threads: training.threads)
  }

  /// How the job sees a modality, every option filled in; the defaults, where it knows none of it.
  /// - Parameter plain: whether training views are cropped and flipped alone.
  public func viewSettings(_ modality: String, plain: Bool = false) throws -> Tree {
    let settings = try modalities.resolve(section("views")[modality] ?? .text(modality))
    guard plain else { return settings }
    return try type(of: modalities.make(settings)).plainViews.overlaid(on: settings)
  }

  /// What makes a modality's views.
  public func makeModality(_ name: String, plain: Bool = false) throws -> any Modality {
    try modalities.make(viewSettings(name, plain: plain))
  }

  /// One section of the resolved job.
  public func section(_ key: String) -> Tree { resolved[key] ?? [:] }

  /// A job of which nothing is said but its data: every setting has its default.
  public static func defaults() throws -> Job {
    let stores = Tree(modalities.names.map { ($0, .text("\($0).h5")) })
    return try Job(path: "job.yaml", ["data": stores])
  }

  /// Reads a job file.
  /// - Parameter settings: `key=value` pairs that replace the file's.
  public static func load(_ path: String, settings: [String] = []) throws -> Job {
    let file = try SettingsFile(path)
    let example = "training.rate=0.1"
    let root = try Setting.tree(settings, example: example, in: file.tree)
    do {
      return try Job(path: path, root)
    } catch let error as ConfigurationError {
      guard try settings.contains(where: { try Setting($0, example: example).isIn(error) }) else {
        throw file.error(error)
      }
      throw JobError(path: "\(path), --set", message: "\(error)")
    }
  }

  /// The job that a run's files hold, as JSON. Throws where it cannot be read.
  public init(path: String, json: String) throws {
    var root = try Tree(json: json)
    // Versions before this one kept what the run never came to; such runs go on.
    if let rounds = root[path: "federation.rounds"]?.whole,
      let keep = root[path: "federation.keep"]?.list
    {
      root = root.replacing(
        "federation.keep", by: .list(keep.filter { ($0.whole ?? 0) <= rounds }))
    }
    try self.init(path: path, root)
  }

  /// The resolved job as a job file.
  public var yaml: String { Self.yaml(resolved) }

  /// A resolved job as a job file.
  public static func yaml(_ resolved: Tree) -> String {
    yamlLines(resolved, order: keys, indent: "")
  }
}

/// A tree as block mappings; leaves are JSON, which is YAML.
private func yamlLines(_ tree: Tree, order: [String], indent: String) -> String {
  let known = order.filter { tree[$0] != nil }
  return (known + tree.keys.filter { !known.contains($0) }.sorted()).map { key in
    let value = tree[key]!
    guard value.keys.isEmpty else {
      return "\(indent)\(key):\n" + yamlLines(value, order: ["name"], indent: indent + "  ")
    }
    return "\(indent)\(key): \(value.json)\n"
  }.joined()
}
