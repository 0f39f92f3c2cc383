import Catalogues
import Layers
import Methods
import Tensors
import Training

/// Orchestra (Lubana et al., ICML 2022, arXiv 2205.11506), the half of it between clients and
/// server. A client clusters its memory of projections (`EqualClusters`) and sends the centroids;
/// the server clusters all of them (`GlobalClusters`) and puts its centroids into the model.
/// Networks are averaged by samples, the targets too, and each round begins with their mean.
///
/// The first round trains nothing: it makes the first centroids. So a run has a round more than
/// the authors say (their server adds it). They weigh clients by batches.
public struct Orchestra: PlugIn, Aggregator {
  public struct Options: Codable, Sendable {
    /// Clusters of a client's memory: the authors' 16.
    public var clusters = 16
    /// The server's gradient steps: the authors' 500.
    public var steps = 500
    /// T, the method's.
    public var temperature = 0.1
  }

  public static let name = "orchestra"
  public static let summary = "Orchestra: clusters of the clients' clusters, and mean targets"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "clusters": "clusters that a client makes of its memory; fewer where it has fewer samples",
    "steps": "gradient steps by which the server clusters the clients' centroids",
    "temperature": "divides the cosines there; the method's",
  ]

  private static let target = "target"
  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.check("clusters", options.clusters, in: 1...4096)
    try ConfigurationError.check("steps", options.steps, in: 1...1_000_000)
    try ConfigurationError.check("temperature", options.temperature, in: 0.001...1000)
    self.options = options
  }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) throws -> Channels {
    guard let target, model.entry(Methods.Orchestra.centroids) != nil else {
      throw ConfigurationError(
        "",
        "orchestra is half of an algorithm whose other half is a method; take "
          + "method.name: orchestra")
    }
    let targets = [Self.target: target]
    return Channels(server: targets, broadcast: [Self.target], sent: targets)
  }

  public func trains(in round: Int) -> Bool { round > 1 }

  public func begin(_ state: LocalState) {
    // In the first rounds the targets are the model's own.
    guard state.round > 2, let mean = state.received[Self.target] else { return }
    state.target?.assign(mean)
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    // Running statistics moved all the same.
    if !trains(in: state.round) { state.model.assign(state.global) }
    guard
      let memory = state.memory?.parts.compactMap({ $0 as? Methods.Orchestra.Memory }).first
    else { preconditionFailure("no memory of projections") }
    let rows = memory.projections
    let centroids =
      rows.isEmpty ? [] : EqualClusters.centroids(of: rows, clusters: options.clusters)
    guard let target = state.target else { preconditionFailure("no target network") }
    return ClientOutcome(
      model: Contribution(state.model, weight: terms.share),
      sent: [Self.target: Contribution(target, weight: terms.share)],
      payload: Self.payload(terms.share) + centroids.flatMap { $0 })
  }

  public func finish(_ round: ServerRound) throws {
    round.takeMean()
    let share = round.payloads.reduce(0) { $0 + Double($1.values[0]) + Double($1.values[1]) }
    let target = round[Self.target]
    if share > 0, let sum = round.sent[Self.target] {
      for i in target.floats.indices { target.floats[i] = Float(Double(sum.floats[i]) / share) }
    } else if target.floats.allSatisfy({ $0 == 0 }) {
      // Nobody has trained yet.
      target.assign(beginningOf: round.global)
    }
    guard let entry = round.global.layout.entry(Methods.Orchestra.centroids) else { return }
    try cluster(round.payloads.flatMap { $0.values.dropFirst(2) }, into: round.global, entry)
  }

  /// A share, as two numbers whose sum has its digits.
  private static func payload(_ share: Double) -> [Float] {
    [Float(share), Float(share - Double(Float(share)))]
  }

  /// Moves the model's centroids, by those of all clients.
  private func cluster(
    _ values: [Float], into model: ParameterVector, _ entry: ParameterLayout.Entry
  ) throws {
    let (clusters, columns) = (entry.shape[0], entry.shape[1])
    guard !values.isEmpty else { return }
    let engine = try Engine(lanes: Engine.lanesFromEnvironment())
    let rows = Matrix(engine.pool, rows: values.count / columns, columns: columns)
    _ = rows.floats.update(fromContentsOf: values)
    let centroids = Matrix(engine.pool, rows: clusters, columns: columns)
    _ = centroids.floats.update(fromContentsOf: model[entry.range])
    GlobalClusters(temperature: options.temperature, steps: options.steps)
      .move(centroids, toward: rows, engine)
    _ = model[entry.range].update(fromContentsOf: centroids.floats)
  }
}
