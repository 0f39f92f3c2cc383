import Catalogues
import Checkpoints
import Federation
import Layers
import MessagePassing
import Methods
import Tensors
import TestSupport
import Training

/// Leaves every fourth client as it is, and lets the others' models descend a quadratic loss
/// towards values that depend on client and round: cheap, and different for each client, so that a
/// mistake in the sum shows.
final class ToyTrainer: ClientTrainer {
  static let samples = (0..<40).map { ($0 * 31) % 17 * 5 }

  /// A third of the clients have images alone, a third sounds alone.
  static func byModality(_ samples: [Int]) -> [String: [Int]] {
    let images = samples.enumerated().map { [$1, 0, $1 * 2 / 5][$0 % 3] }
    return ["image": images, "audio": zip(samples, images).map { $0 - $1 }]
  }

  static let layout = {
    var layout = ParameterLayout()
    _ = layout.add("stems.image.conv1.weight", [1660, 3])
    _ = layout.add("bn1.weight", [5])
    _ = layout.add("bn1.bias", [5])
    _ = layout.add("bn1.running_mean", [5], trainable: false)
    _ = layout.add("bn1.running_var", [5], trainable: false)
    _ = layout.add("fc.bias", [3])
    _ = layout.add("predictor.fc1.weight", [3, 5])
    _ = layout.add(Methods.Orchestra.centroids, [4, 5], trainable: false)
    _ = layout.add(Methods.FedAnchor.anchors, [3, 5], trainable: false)
    return layout
  }()
  /// The second network's entries: all but what a method adds.
  static let target = ParameterLayout(layout.entries.dropLast(3))

  static func steps(_ client: Int) -> Int { client % 4 == 1 ? 0 : samples[client] / 5 }

  /// The clients it trained, in order.
  private(set) var trained: [Int] = []
  private let engine = try! Engine()

  /// What a method that clusters has kept of the client's samples.
  private func memory(_ task: ClientTask) throws -> (any MethodMemory)? {
    let memory = try methods.make("orchestra").makeMemory(
      projection: 5, modalities: ["image"], engine.pool)
    let rows = Matrix(engine.pool, rows: 9, columns: 5)
    _ = rows.floats.update(from: noise(UInt64(task.client * 77 + task.round), 45))
    (memory as? Methods.Orchestra.Memory)?.enter(rows)
    return memory
  }

  static func initialModel() -> ParameterVector { makeVector(layout, noise(99, layout.count)) }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    trained.append(task.client)
    let steps = Self.steps(task.client)
    guard steps > 0 else { return LocalUpdate(state: nil, views: 0, losses: [:]) }
    let state = try task.begin(
      model: ParameterVector(Self.layout), target: ParameterVector(Self.target),
      memory: try memory(task))
    let correct = task.correction(state, engine)
    let model = state.model.floats
    let target = noise(UInt64(task.client * 1000 + task.round), model.count)
    let gradient = ParameterVector(Self.layout)
    let rate: Float = task.rule.trains(in: task.round) ? 0.1 : 0
    for _ in 0..<steps {
      for i in 0..<model.count { gradient.floats[i] = model[i] - target[i] }
      if let second = state.target {
        for i in 0..<second.count { gradient.floats[i] += 0.5 * (model[i] - second.floats[i]) }
      }
      correct?(gradient)
      for i in 0..<model.count { model[i] -= rate * gradient.floats[i] }
      if let second = state.target {
        for i in 0..<second.count { second.floats[i] += 0.25 * (model[i] - second.floats[i]) }
      }
      state.didStep(rate: 0.1)
    }
    return LocalUpdate(
      state: state, views: steps * 10,
      losses: ["image": LossSum(sum: 1 / Double(task.client + task.round), batches: steps)])
  }
}

/// A server that pulls a model towards values that depend on the round, and has seven samples of
/// three classes.
final class ToyServer: ServerTrainer {
  static let labels: [Int32] = [0, 1, 2, 2, 1, 0, 2]

  func train(_ model: ParameterVector, round: Int) {
    let target = noise(UInt64(5_000_000 + round), model.count)
    for entry in model.layout.entries where entry.trainable {
      for i in entry.range { model.floats[i] += 0.25 * (target[i] - model.floats[i]) }
    }
  }

  func project(_ model: ParameterVector) -> (rows: [Float], labels: [Int32]) {
    (Array(model.floats.prefix(5 * Self.labels.count)), Self.labels)
  }
}

/// A federation of toys, at its beginning or after a checkpoint.
func makeToyFederation(
  _ communicator: Communicator = Communicator(), schedule: String = "balanced",
  aggregator: Tree = "fedavg",
  trainer: any ClientTrainer = ToyTrainer(), states: ClientStates? = nil,
  after saved: Checkpoint? = nil, measuresDrift: Bool = false
) throws -> FederatedTraining {
  // Other ranks' models do not count: they get rank 0's.
  let start =
    communicator.rank == 0 ? ToyTrainer.initialModel() : ParameterVector(ToyTrainer.layout)
  let federation = try FederatedTraining(
    .init(
      communicator: communicator, trainer: trainer,
      aggregator: try aggregators.make(aggregator),
      schedule: try clientSchedules.make(schedule),
      selection: Selection(clients: 40, participation: 0.25, seed: 4),
      samples: ToyTrainer.samples,
      modalitySamples: ToyTrainer.byModality(ToyTrainer.samples), states: states,
      server: communicator.rank == 0 ? ToyServer() : nil,
      target: ToyTrainer.target, measuresDrift: measuresDrift),
    global: saved?.model ?? start, completed: saved?.round ?? 0, kept: saved?.kept ?? [:])
  for (name, vector) in saved?.serverState ?? [:] { federation.serverState[name]?.assign(vector) }
  return federation
}

/// Five rounds of toys, as a line: the model, the losses, the clients and what those keep.
func fiveToyRounds(_ federation: FederatedTraining) throws -> String? {
  var losses: [Double] = []
  var drift: [LayerDrift] = []
  var clients: [Int] = []
  for _ in 1...5 {
    guard let report = try federation.round() else { continue }
    losses.append(report.losses["image"] ?? .nan)
    drift += report.drift
    clients += report.clients.map(\.client)
  }
  let kept = federation.kept.sorted { $0.key < $1.key }.map {
    "\($0.key)/\($0.value.round)/\($0.value.seal)"
  }
  return losses.isEmpty
    ? nil : "\(modelHash(federation.global)) \(losses) \(clients) \(kept) \(drift)"
}
