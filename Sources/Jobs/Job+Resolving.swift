import Catalogues
import Encoders
import Federation
import Foundation
import Methods
import Training
import Views

extension Job {
  static let keys = [
    "name", "seed", "data", "clients", "encoder", "method", "training", "federation", "monitor",
    "views", "shards", "results",
  ]

  /// The job that a file's tree comes to. Throws `ConfigurationError` with the whole key.
  public init(path: String, _ root: [String: Any]) throws {
    for key in root.keys.sorted() where !Self.keys.contains(key) {
      throw ConfigurationError(key, unknown("key", key, among: Self.keys))
    }
    self.path = path
    let file = URL(fileURLWithPath: path)
    func absolute(_ other: String) -> String { Self.absolute(other, beside: path) }

    let name = try text(root, "name") ?? file.deletingPathExtension().lastPathComponent
    try Self.checkName(name)
    self.name = name
    seed = try Self.seed(root)

    let data = try Self.data(root)
    self.data = data.mapValues(absolute)
    let present = modalities.names.filter { data[$0] != nil }
    let clientSettings = try mapping(root, "clients")
    let (clients, partitioning) = try inside("clients") {
      try Self.clients(clientSettings, modalities: present)
    }
    self.clients = clients
    var clientTree: [String: Any] = [
      "count": clients.count, "mix": clients.mix, "minimum": clients.minimum,
      "redistribute": clients.redistribute,
    ]
    // Where Dirichlet cuts all, `alpha` says so, as in jobs of before there were other
    // partitioners.
    if !clients.alpha.isEmpty { clientTree["alpha"] = clients.alpha }
    if !partitioning.others.isEmpty { clientTree["partitioner"] = partitioning.others }

    let inputs = try present.map { ($0, type(of: try modalities.make($0)).channels) }
    let encoder = fillStems(
      try complete("encoder", named(root["encoder"], "resnet18"), encoders), of: inputs)
    let network = try inside("encoder") { try encoders.make(encoder) }
    let method = try complete("method", named(root["method"], "simclr"), methods)
    let model = try inside("method") { try Model(network, try methods.make(method)) }
    self.model = model

    var trainingSettings = try mapping(root, "training")
    let optimizer = try inside("training") {
      try complete("optimizer", Self.optimizer(&trainingSettings), optimizers)
    }
    self.optimizer = try inside("training.optimizer") { try optimizers.make(optimizer) }
    let training = try inside("training") {
      let options = try overlay(
        trainingSettings, on: TrainingOptions(), alsoKnown: ["optimizer"])
      try options.validate(modalities: present)
      return options
    }
    self.training = training

    var given = try mapping(root, "federation")
    let aggregator = try complete(
      "federation.aggregator", named(given.removeValue(forKey: "aggregator"), "fedavg"), aggregators
    )
    let schedule = try complete(
      "federation.schedule", named(given.removeValue(forKey: "schedule"), "balanced"),
      clientSchedules)
    self.schedule = try inside("federation.schedule") { try clientSchedules.make(schedule) }
    self.aggregator = try inside("federation.aggregator") {
      let made = try aggregators.make(aggregator)
      _ = try made.channels(model.layout)
      return made
    }
    let federation = try inside("federation") {
      let options = try overlay(
        given, on: FederationOptions(), alsoKnown: ["aggregator", "schedule"])
      try options.validate()
      return options
    }
    self.federation = federation

    let monitorSettings = try mapping(root, "monitor")
    let monitor = try inside("monitor") {
      let options = try overlay(monitorSettings, on: MonitorOptions())
      try options.validate()
      return options
    }
    self.monitor = monitor

    let views = try Self.views(try mapping(root, "views"), modalities: present)
    let shards = try text(root, "shards") ?? "shards/\(name)"
    let results = try text(root, "results") ?? "runs/\(name)"
    self.shards = absolute(shards)
    self.results = absolute(results)

    var trainingTree = try jsonObject(training)
    trainingTree["optimizer"] = optimizer
    var federationTree = try jsonObject(federation)
    federationTree["aggregator"] = aggregator
    federationTree["schedule"] = schedule
    resolved = [
      "name": name, "seed": seed, "data": data,
      "clients": clientTree,
      "encoder": encoder, "method": method, "training": trainingTree,
      "federation": federationTree, "monitor": try jsonObject(monitor), "views": views,
      "shards": shards, "results": results,
    ]
  }

  /// A path that a file has, relative to that file's folder, made absolute.
  static func absolute(_ path: String, beside file: String) -> String {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    return URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
  }

  /// A name of a job or a sweep.
  public static func checkName(_ name: String) throws {
    let allowed = name.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
    guard !name.isEmpty, allowed, name.first != "." else {
      throw ConfigurationError(
        "name", "'\(name)' names folders: letters, digits, '-', '_' and '.' only")
    }
  }

  /// Takes the optimizer out of the `training` section: `{name: …, options}`, a name alone, or with
  /// SGD's options beside it, as job files had them when there was no other.
  private static func optimizer(_ training: inout [String: Any]) throws -> Any {
    var optimizer = named(training.removeValue(forKey: "optimizer"), "sgd")
    for key in ["momentum", "weight_decay"] {
      guard let value = training.removeValue(forKey: key) else { continue }
      var options = optimizer as? [String: Any] ?? ["name": optimizer]
      guard options[key] == nil else {
        throw ConfigurationError(key, "is among optimizer's options too; leave one of them out")
      }
      options[key] = value
      optimizer = options
    }
    return optimizer
  }

  private static func seed(_ root: [String: Any]) throws -> UInt64 {
    guard let value = root["seed"] else { return 1 }
    guard let seed = value as? Int, seed >= 0 else {
      throw ConfigurationError("seed", "expected a whole number of at least 0")
    }
    return UInt64(seed)
  }

  private static func data(_ root: [String: Any]) throws -> [String: String] {
    guard root["data"] != nil else {
      throw ConfigurationError("data", "missing; give a sample store for each modality")
    }
    var stores: [String: String] = [:]
    for (modality, value) in try mapping(root, "data") {
      guard modalities.names.contains(modality) else {
        throw ConfigurationError(
          "data.\(modality)", unknown("modality", modality, among: modalities.names))
      }
      guard let path = value as? String else {
        throw ConfigurationError("data.\(modality)", "expected the path of a sample store")
      }
      stores[modality] = path
    }
    guard !stores.isEmpty else {
      throw ConfigurationError("data", "empty; give a sample store for each modality")
    }
    return stores
  }

  private static func clients(
    _ given: [String: Any], modalities present: [String]
  ) throws -> (ClientOptions, PartitionerChoice) {
    struct Plain: Codable, Sendable {
      var count = 100
      var minimum = 0
      var redistribute = false
    }
    let plugged = ["alpha", "mix", "partitioner"]
    let known = try jsonObject(Plain()).keys + plugged
    for key in given.keys.sorted() where !known.contains(key) {
      throw ConfigurationError(key, unknown("key", key, among: known.sorted()))
    }
    let plain = try overlay(given.filter { !plugged.contains($0.key) }, on: Plain())
    try ConfigurationError.require(
      (1...1_000_000).contains(plain.count), "count", "\(plain.count) is outside 1 to 1000000")
    try ConfigurationError.require(plain.minimum >= 0, "minimum", "\(plain.minimum) is below 0")
    let partitioning = try PartitionerChoice(
      partitioner: given["partitioner"], alpha: given["alpha"], modalities: present)
    let options = ClientOptions(
      count: plain.count, alpha: partitioning.alpha, mix: try mix(given["mix"], present),
      redistribute: plain.redistribute, minimum: plain.minimum)
    return (options, partitioning)
  }

  /// By default every client has every modality.
  private static func mix(_ value: Any?, _ present: [String]) throws -> [String: Double] {
    guard let value else { return [present.joined(separator: "+"): 1] }
    guard let given = value as? [String: Any], !given.isEmpty else {
      throw ConfigurationError(
        "mix", "expected shares of clients by modalities, as in { image+audio: 100% }")
    }
    var mix: [String: Double] = [:]
    for (names, value) in given {
      let parts = Set(
        names.split(separator: "+", omittingEmptySubsequences: false).map(String.init))
      for part in parts.sorted() where !present.contains(part) {
        throw ConfigurationError("mix.\(names)", unknown("modality", part, among: present))
      }
      guard let share = number(value), (0...1).contains(share) else {
        throw ConfigurationError("mix.\(names)", "expected a share, as in 50%")
      }
      let name = present.filter(parts.contains).joined(separator: "+")
      guard mix.updateValue(share, forKey: name) == nil else {
        throw ConfigurationError("mix.\(names)", "\(name) is there twice")
      }
    }
    // In a fixed order, so that rounding does not depend on the dictionary's.
    let total = mix.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
    try ConfigurationError.require(
      abs(total - 1) < 1e-9, "mix", "adds up to \(total * 100) %, not 100 %")
    return mix
  }

  /// The options of each modality of the data, by its name.
  private static func views(
    _ given: [String: Any], modalities present: [String]
  ) throws -> [String: Any] {
    for name in given.keys.sorted() where !present.contains(name) {
      let message =
        modalities.names.contains(name)
        ? "the job's data have no \(name)" : unknown("modality", name, among: modalities.names)
      throw ConfigurationError("views.\(name)", message)
    }
    var views: [String: Any] = [:]
    for name in present {
      var options = try inside("views") { try mapping(given, name) }
      options["name"] = name
      views[name] = try complete("views.\(name)", options, modalities)
      _ = try inside("views.\(name)") { try modalities.make(options) }
    }
    return views
  }
}

/// A plug-in's settings with every default, errors naming the whole key.
func complete<Product>(
  _ key: String, _ settings: Any, _ catalogue: Catalogue<Product>
) throws -> [String: Any] {
  try inside(key) { try catalogue.resolve(settings) }
}

/// A plug-in's settings; options without a name are those of the default one.
func named(_ settings: Any?, _ name: String) -> Any {
  guard let settings else { return name }
  guard var options = settings as? [String: Any] else { return settings }
  options["name"] = options["name"] ?? name
  return options
}

private func inside<Result>(_ key: String, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as ConfigurationError { throw error.inside(key) }
}

/// The mapping at a key; empty where there is none.
private func mapping(_ tree: [String: Any], _ key: String) throws -> [String: Any] {
  guard let value = tree[key], !(value is NSNull) else { return [:] }
  guard let mapping = value as? [String: Any] else {
    throw ConfigurationError(key, "expected a mapping, 'key: value'")
  }
  return mapping
}

/// The text at a key; nil where there is none.
private func text(_ tree: [String: Any], _ key: String) throws -> String? {
  guard let value = tree[key] else { return nil }
  guard let text = value as? String else {
    throw ConfigurationError(key, "expected a string")
  }
  return text
}

/// A number, but no truth value.
func number(_ value: Any) -> Double? {
  if value is Bool { return nil }
  return (value as? Double) ?? (value as? Int).map(Double.init)
}
