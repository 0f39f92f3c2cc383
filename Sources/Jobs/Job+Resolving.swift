import Catalogues
import Encoders
import Federation
import Foundation
import Methods
import Tensors
import Training
import Views

extension Job {
  static let keys = [
    "name", "seed", "data", "clients", "encoder", "method", "training", "federation", "monitor",
    "views", "shards", "results",
  ]

  /// The job that a file's tree comes to. Throws `ConfigurationError` with the whole key.
  public init(path: String, _ root: Tree) throws {
    try ConfigurationError.require(root.mapping != nil, "", "expected a mapping, 'key: value'")
    try root.checkKeys(among: Self.keys)
    func absolute(_ other: String) -> String { Self.absolute(other, beside: path) }
    self.path = path
    let fileName = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    name = try root.text("name") ?? fileName
    try Self.checkName(name)
    seed = try Self.seed(root)

    let stores = try Self.data(root)
    data = stores.mapValues(absolute)
    let present = modalities.names.filter { stores[$0] != nil }
    let (clients, partitioning) = try ConfigurationError.inside("clients") {
      try Self.clients(root.section("clients"), modalities: present)
    }
    self.clients = clients

    let inputs = try present.map { ($0, type(of: try modalities.make($0)).channels) }
    let encoder = fillModalities(
      try encoders.complete(root, "encoder", else: "resnet18"), of: inputs)
    let network = try encoders.make(encoder, at: "encoder")
    let method = try ConfigurationError.inside("method") {
      try resolveMethod(named(root["method"], "simclr"))
    }
    model = try ConfigurationError.inside("method") { try Model(network, makeMethod(method)) }

    let training = try root.section(
      "training", on: TrainingOptions(), besides: ["optimizer"], or: Self.beside.keys)
    try ConfigurationError.inside("training") {
      try training.options.validate(modalities: present)
    }
    self.training = training.options
    let (optimizer, made) = try ConfigurationError.inside("training") {
      try Self.beside.naming(training.others) {
        let given = try Self.beside.folded(training.others)
        let optimizer = try optimizers.complete(given, "optimizer", else: "sgd")
        return (optimizer, try optimizers.make(optimizer, at: "optimizer"))
      }
    }
    self.optimizer = made

    let federation = try root.section(
      "federation", on: FederationOptions(), besides: ["aggregator", "schedule"])
    try ConfigurationError.inside("federation") { try federation.options.validate() }
    self.federation = federation.options
    let (aggregator, schedule) = try ConfigurationError.inside("federation") {
      (
        try aggregators.complete(federation.others, "aggregator", else: "fedavg"),
        try clientSchedules.complete(federation.others, "schedule", else: "balanced")
      )
    }
    self.schedule = try clientSchedules.make(schedule, at: "federation.schedule")
    let algorithm = try aggregators.make(aggregator, at: "federation.aggregator")
    if let wanted = model.method.algorithm, aggregator["name"]?.text != wanted {
      throw ConfigurationError(
        "federation.aggregator",
        "the method is half of an algorithm whose other half is the aggregator \(wanted); take "
          + "federation.aggregator: \(wanted)")
    }
    if training.options.state == .kept, algorithm is FedNova {
      throw ConfigurationError(
        "training.state",
        "fednova weighs a client by steps whose momentum begins anew; take fresh, or another "
          + "federation.aggregator")
    }
    var kept: [String: ParameterLayout] = [:]
    if model.method.teachers.contains(.previous) { kept[PreviousModel.name] = model.layout }
    if training.options.state == .kept {
      kept.merge(StepVectors.layouts(model, made, modalities: present)) { $1 }
    }
    let federated: any Aggregator = kept.isEmpty ? algorithm : Keeping(algorithm, kept)
    self.aggregator = federated
    let model = model
    try ConfigurationError.inside("federation.aggregator") {
      _ = try federated.channels(model.layout, target: model.target)
      try federated.check(modalities: present)
    }

    let monitor = try root.section("monitor", on: MonitorOptions()).options
    try ConfigurationError.inside("monitor") { try monitor.validate() }
    self.monitor = monitor

    let views = try Self.views(try root.section("views"), modalities: present)
    for name in present {
      guard let channels = network.inputChannels(of: name) else {
        throw ConfigurationError(
          "encoder",
          "has no stem or BatchNorm for \(name), which the data have; add \(name) to "
            + "stem_inputs and norm_modalities, or leave them out")
      }
      let modality = try modalities.make(views[name] ?? .text(name))
      try ConfigurationError.inside("encoder") {
        try modality.check(ViewShape(side: network.inputSide, channels: channels))
      }
    }
    let shards = try root.text("shards") ?? "shards/\(name)"
    let results = try root.text("results") ?? "runs/\(name)"
    self.shards = absolute(shards)
    self.results = absolute(results)

    resolved = [
      "name": .text(name), "seed": .whole(Int(seed)),
      "data": Tree(stores.map { ($0, .text($1)) }),
      "clients": clients.tree.with(partitioning.tree),
      "encoder": encoder, "method": method,
      "training": try Tree(encoding: training.options).with(["optimizer": optimizer]),
      "federation": try Tree(encoding: federation.options).with([
        "aggregator": aggregator, "schedule": schedule,
      ]),
      "monitor": try Tree(encoding: monitor), "views": views,
      "shards": .text(shards), "results": .text(results),
    ]
  }

  /// A path that a file has, relative to that file's folder, made absolute.
  public static func absolute(_ path: String, beside file: String) -> String {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    return URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
  }

  /// A name of a job or a sweep.
  public static func checkName(_ name: String) throws {
    let allowed = name.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
    try ConfigurationError.require(
      name.utf8.count <= 200, "name",
      "of \(name.utf8.count) letters; folders' names have 200 at most")
    guard !name.isEmpty, allowed, name.first != "." else {
      throw ConfigurationError(
        "name", "'\(name)' names folders: letters, digits, '-', '_' and '.' only")
    }
  }

  /// Keys of `training` that job files had when there was no other optimizer.
  private static let beside = OptionsBeside(["momentum", "weight_decay"])

  private static func seed(_ root: Tree) throws -> UInt64 {
    guard let value = root["seed"] else { return 1 }
    guard let seed = value.whole, seed >= 0 else {
      throw ConfigurationError("seed", "expected a whole number of at least 0")
    }
    return UInt64(seed)
  }

  private static func data(_ root: Tree) throws -> [String: String] {
    guard root["data"] != nil else {
      throw ConfigurationError("data", "missing; give a sample store for each modality")
    }
    var stores: [String: String] = [:]
    for (modality, value) in try root.section("data").mapping! {
      try modalities.require(modality, at: "data.\(modality)")
      guard let path = value.text else {
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
    _ given: Tree, modalities present: [String]
  ) throws -> (ClientOptions, PartitionerChoice) {
    struct Plain: Codable {
      var count = 100
      var minimum = 0
      var redistribute = false
    }
    let others = ["alpha", "mix", "partitioner"]
    let plain = try overlay(given.without(others), on: Plain(), alsoKnown: others)
    try ConfigurationError.check("count", plain.count, in: 1...1_000_000)
    try ConfigurationError.check("minimum", plain.minimum, in: 0...1_000_000_000)
    let partitioning = try PartitionerChoice(
      partitioner: given["partitioner"], alpha: given["alpha"], modalities: present)
    let missing = try missing(given["mix"], present)
    let options = ClientOptions(
      count: plain.count, alpha: partitioning.alpha,
      mix: missing.isEmpty ? try mix(given["mix"], present) : [:], missing: missing,
      redistribute: plain.redistribute, minimum: plain.minimum)
    return (options, partitioning)
  }

  /// By default every client has every modality.
  private static func mix(_ value: Tree?, _ present: [String]) throws -> [String: Double] {
    guard let value else { return [present.joined(separator: "+"): 1] }
    guard let given = value.mapping, !given.isEmpty else {
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
      guard let share = value.number else {
        throw ConfigurationError("mix.\(names)", "expected a share, as in 50%")
      }
      try ConfigurationError.share("mix.\(names)", share)
      let name = present.filter(parts.contains).joined(separator: "+")
      guard mix.updateValue(share, forKey: name) == nil else {
        throw ConfigurationError("mix.\(names)", "\(name) is given twice")
      }
    }
    // In a fixed order, so that rounding does not depend on the file's.
    let total = mix.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
    if abs(total - 1) < 1e-9 { return mix }
    // Thirds written as 33 %, and shares out of a table, do not add up exactly.
    try ConfigurationError.require(
      abs(total - 1) < 0.01 + 1e-9, "mix",
      "adds up to \((total * 1000).rounded() / 10) %, not 100 %")
    return mix.mapValues { $0 / total }
  }

  /// The shares of clients that lack a modality, where these are what the mix says; else none.
  private static func missing(
    _ value: Tree?, _ present: [String]
  ) throws -> [String: Double] {
    guard let mix = value, mix["missing"] != nil else { return [:] }
    return try ConfigurationError.inside("mix") {
      if let other = mix.keys.sorted().first(where: { $0 != "missing" }) {
        throw ConfigurationError(
          "missing", "stands in place of shares that clients have; there is \(other) beside it")
      }
      let given = try mix.section("missing")
      let rates = try given.keys.sorted().map { name in
        let key = "missing.\(name)"
        guard present.contains(name) else {
          throw ConfigurationError(key, unknown("modality", name, among: present))
        }
        guard let rate = given[name]?.number else {
          throw ConfigurationError(key, "expected a share, as in 30%")
        }
        try ConfigurationError.share(key, rate, leavesRest: true)
        return (name, rate)
      }
      try ConfigurationError.require(
        !rates.isEmpty, "missing", "expected shares by modality, as in { image: 30%, audio: 30% }")
      try ConfigurationError.require(
        present.count > 1, "missing", "is for several modalities; the data have \(present[0]) alone"
      )
      return Dictionary(uniqueKeysWithValues: rates)
    }
  }

  /// The options of each modality of the data, by its name.
  private static func views(_ given: Tree, modalities present: [String]) throws -> Tree {
    for name in given.keys.sorted() where !present.contains(name) {
      let message =
        modalities.names.contains(name)
        ? "the job's data have no \(name)" : unknown("modality", name, among: modalities.names)
      throw ConfigurationError("views.\(name)", message)
    }
    return Tree(
      try present.map { name in
        let key = "views.\(name)"
        let options = try ConfigurationError.inside("views") { try given.section(name) }
        let settings = try ConfigurationError.inside(key) {
          try modalities.resolve(options.with(["name": .text(name)]))
        }
        _ = try modalities.make(settings, at: key)
        return (name, settings)
      })
  }
}

extension ClientOptions {
  /// The section of the resolved job, but for partitioners.
  fileprivate var tree: Tree {
    [
      "count": .whole(count), "mix": mixTree,
      "minimum": .whole(minimum), "redistribute": .flag(redistribute),
    ]
  }

  private var mixTree: Tree {
    func shares(_ values: [String: Double]) -> Tree { Tree(values.map { ($0, .number($1)) }) }
    return missing.isEmpty ? shares(mix) : ["missing": shares(missing)]
  }
}
