import Catalogues
import Checkpoints
import Federation
import Foundation
import HDF5
import Layers
import MessagePassing
import Tensors
import TestSupport
import Testing
import Training

/// What the fixtures of federated algorithms have in common (Tests/Fixtures/federation.py): three
/// rounds of five clients that descend a quadratic loss.
struct FederationFixture {
  private let file: HDF5File

  init(_ name: String) throws { file = try fixture(Bundle.module, name) }

  /// Trains the rounds of a variant and compares, after each, the global model, the server's
  /// vectors (a data set `NAME` is the vector of that name in `server`, over its trainable entries)
  /// and what the clients keep.
  /// - Parameters:
  ///   - server: the names of the server's vectors, by the names of their data sets.
  ///   - kept: the name of what a client keeps, and whether the fixture has its trainable entries
  ///     alone.
  ///   - tolerance: absolute.
  func compare(
    _ variant: String, _ aggregator: Tree, server: [String: String] = [:],
    kept: (name: String, trainable: Bool)? = nil, tolerance: Double = 1e-6
  ) throws {
    let aggregator = try aggregators.make(aggregator)
    let folder = TemporaryFolder()
    let states = ClientStates(folder.path("clients"))
    let steps = try integers("steps")
    let target = try file.hasAttribute("pull") ? FiveClients.target : nil
    let federation = try makeFederation(aggregator, states, target: target)
    let layouts = try aggregator.channels(FiveClients.layout, target: target).kept
    for round in 1...Int(try file.intAttribute("rounds")) {
      let report = try #require(try federation.round())
      let clients = report.clients.map(\.client)
      #expect(try clients == integers("selected/\(round)"))
      let path = "\(variant)/\(round)"
      try expect(federation.global, "\(path)/global", tolerance)
      for (data, name) in server {
        try expect(federation.serverState[name], "\(path)/\(data)", trainable: true, tolerance)
      }
      guard let kept else { continue }
      for client in clients where steps[client] > 0 {
        let state = try #require(federation.kept[client])
        #expect(state.round == round)
        let vectors = try states.load(client: client, state, layouts: layouts)
        try expect(
          vectors[kept.name], "\(path)/clients/\(client)", trainable: kept.trainable, tolerance)
      }
    }
    #expect(kept != nil || !FileManager.default.fileExists(atPath: states.path))
  }

  /// The fixture's federation before its first round.
  private func makeFederation(
    _ aggregator: any Aggregator, _ states: ClientStates? = nil, target: ParameterLayout? = nil,
    measuresDrift: Bool = false
  ) throws -> FederatedTraining {
    let samples = try integers("samples")
    let trainer = QuadraticTrainer(
      steps: try integers("steps"), rates: try file.read("rates"),
      inertia: Float(try file.doubleAttribute("inertia")),
      pull: target == nil ? nil : Float(try file.doubleAttribute("pull")))
    return try FederatedTraining(
      .init(
        communicator: Communicator(), trainer: trainer, aggregator: aggregator,
        schedule: try clientSchedules.make("balanced"),
        selection: Selection(
          clients: samples.count, participation: try file.doubleAttribute("participation"),
          seed: UInt64(try file.intAttribute("seed"))), samples: samples,
        modalitySamples: try modalitySamples(), states: states,
        target: target, measuresDrift: measuresDrift),
      global: FiveClients.global())
  }

  /// Trains the rounds by federated averaging and compares, after each, how far the clients went
  /// apart (Fixtures/drift.py).
  func compareDrift(layers: [String]) throws {
    let federation = try makeFederation(try aggregators.make("fedavg"), measuresDrift: true)
    let names = ["distance", "cosine", "length"]
    let expected = try names.map { try file.read($0, as: Double.self) }
    for round in 0..<Int(try file.intAttribute("rounds")) {
      let drift = try #require(try federation.round()).drift
      #expect(drift.map(\.layer) == layers)
      for (column, layer) in drift.enumerated() {
        let found = [layer.distance, layer.cosine, layer.length]
        for (name, (found, all)) in zip(names, zip(found, expected)) {
          let difference = abs(found - all[round * layers.count + column])
          #expect(difference < 1e-6, "round \(round + 1), \(layer.layer): \(name)")
        }
      }
    }
  }

  /// By modality, where the fixture has them.
  private func modalitySamples() throws -> [String: [Int]] {
    guard try file.names(in: "/").contains("modalities") else { return [:] }
    return try file.names(in: "modalities").reduce(into: [:]) {
      $0[$1] = try integers("modalities/\($1)")
    }
  }

  private func integers(_ name: String) throws -> [Int] {
    try file.read(name, as: Int32.self).map(Int.init)
  }

  private func expect(
    _ vector: ParameterVector?, _ name: String, trainable: Bool = false, _ tolerance: Double
  ) throws {
    let vector = try #require(vector)
    let found = vector.layout.entries.filter { $0.trainable || !trainable }
      .flatMap { vector.torchValues($0) }
    let expected: [Double] = try file.read(name)
    #expect(found.count == expected.count, "\(name)")
    let farthest = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(farthest < tolerance, "\(name)")
  }
}

/// The fixtures' clients.
final class QuadraticTrainer: ClientTrainer {
  /// By client.
  private let steps: [Int]
  private let rates: [Double]
  private let inertia: Float
  private let pull: Float?
  private let engine = try! Engine()

  /// - Parameters:
  ///   - rates: of a client's steps.
  ///   - inertia: how much of a running statistic stays in a step.
  ///   - pull: of a second network on the first, which it follows; nil where there is none.
  init(steps: [Int], rates: [Double], inertia: Float, pull: Float? = nil) {
    self.steps = steps
    self.rates = rates
    self.inertia = inertia
    self.pull = pull
  }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    let steps = steps[task.client]
    guard steps > 0 else { return LocalUpdate(state: nil, views: 0, losses: [:]) }
    let state = try task.begin(
      model: ParameterVector(FiveClients.layout),
      target: pull.map { _ in ParameterVector(FiveClients.target) })
    let correct = task.correction(state, engine)
    let target = FiveClients.noiseVector(100 * (task.client + 1))
    let scale = FiveClients.noiseVector(1000 + 100 * (task.client + 1))
    let gradient = ParameterVector(FiveClients.layout)
    let (w, t, a, g) = (state.model.floats, target.floats, scale.floats, gradient.floats)
    for rate in rates.prefix(steps) {
      for i in 0..<w.count { g[i] = a[i] * a[i] * (w[i] - t[i]) }
      if let pull, let second = state.target {
        for i in 0..<second.count { g[i] += pull * (w[i] - second.floats[i]) }
      }
      correct?(gradient)
      for entry in FiveClients.layout.entries {
        for i in entry.range {
          w[i] =
            entry.trainable ? w[i] - Float(rate) * g[i] : inertia * w[i] + (1 - inertia) * t[i]
        }
      }
      state.didStep(rate: rate)
      guard let second = state.target else { continue }
      for entry in FiveClients.target.entries where entry.trainable {
        for i in entry.range { second.floats[i] = 0.75 * second.floats[i] + 0.25 * w[i] }
      }
    }
    return LocalUpdate(state: state, views: steps, losses: [:])
  }
}
