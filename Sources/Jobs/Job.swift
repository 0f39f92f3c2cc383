import Catalogues
import Encoders
import Federation
import Foundation
import Layers
import Training
import Views

/// One pretraining run, as a job file describes it: every setting present and in range.
public struct Job {
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
  public let resolved: [String: Any]

  /// The modalities of the data, in the order of their catalogue.
  public var modalityNames: [String] { modalities.names.filter { data[$0] != nil } }

  public var encoder: any Encoder { model.encoder }

  /// What the encoder takes of a modality. Throws where it has no stem for it.
  public func viewShape(of modality: String) throws -> ViewShape {
    guard let channels = encoder.inputChannels(of: modality) else {
      throw JobError(
        path: path,
        message: "the encoder has no stem for \(modality): its stems are its own modalities' "
          + "alone; pretrain with encoder.stems=shared, or with \(modality) among the data")
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

  /// What makes a modality's views.
  public func makeModality(_ name: String) throws -> any Modality {
    try modalities.make(section("views")[name] ?? [:])
  }

  /// One section of the resolved job.
  public func section(_ key: String) -> [String: Any] { resolved[key] as? [String: Any] ?? [:] }

  /// A job of which nothing is said but its data: every setting has its default.
  public static func defaults() throws -> Job {
    let stores = modalities.names.map { ($0, "\($0).h5") }
    return try Job(path: "job.yaml", ["data": Dictionary(uniqueKeysWithValues: stores)])
  }

  /// Reads a job file.
  /// - Parameter settings: `key=value` pairs that replace the file's.
  public static func load(_ path: String, settings: [String] = []) throws -> Job {
    let text = try read(path)
    let tree: YAMLTree
    do { tree = try YAMLTree(text) } catch {
      throw JobError(path: path, line: error.line, message: error.message)
    }
    let root = try Setting.tree(settings, example: "training.rate=0.1", in: tree.root)
    do {
      return try Job(path: path, root)
    } catch let error as ConfigurationError {
      let overridden = settings.contains {
        error.key == $0.prefix { $0 != "=" } || error.key.hasPrefix($0.prefix { $0 != "=" } + ".")
      }
      throw JobError(
        path: overridden ? "\(path), --set" : path,
        line: overridden ? nil : tree.line(of: error.key),
        message: "\(error)")
    }
  }

  /// Job files are small: what is larger than a megabyte is something else.
  public static func read(_ path: String) throws -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw JobError(path: path, message: "there is no such file; expected a job file (YAML)")
    }
    guard !isFolder.boolValue else {
      throw JobError(path: path, message: "this is a folder; expected a job file (YAML)")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw JobError(path: path, message: "no permission to read it")
    }
    guard data.count < 1 << 20, let text = String(data: data, encoding: .utf8) else {
      throw JobError(path: path, message: "this is not a job file (YAML)")
    }
    return text
  }
}

extension Job {
  /// The resolved job as a job file.
  public func yaml() throws -> String {
    // Through JSON, whose texts have the same numbers as the job in a run's files.
    let object = try JSONSerialization.jsonObject(with: Data(jsonText(resolved).utf8))
    return yamlLines(object as? [String: Any] ?? [:], order: Self.keys, indent: "")
  }
}

/// A tree as block mappings; leaves are JSON, which is YAML.
private func yamlLines(_ tree: [String: Any], order: [String], indent: String) -> String {
  let known = order.filter { tree[$0] != nil }
  return (known + tree.keys.filter { !known.contains($0) }.sorted()).map { key in
    if let inner = tree[key] as? [String: Any], !inner.isEmpty {
      return "\(indent)\(key):\n" + yamlLines(inner, order: ["name"], indent: indent + "  ")
    }
    return "\(indent)\(key): \(jsonLeaf(tree[key]!))\n"
  }.joined()
}
