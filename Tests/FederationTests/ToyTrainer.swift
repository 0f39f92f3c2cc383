import Checkpoints
import Federation
import MessagePassing
import Tensors
import TestSupport
import Training

/// Leaves every fourth client as it is, and moves the others' parameters towards values that depend
/// on client and round: cheap, and different for each client, so that a mistake in the sum shows.
final class ToyTrainer: ClientTrainer {
  static let samples = (0..<40).map { ($0 * 31) % 17 * 5 }
  static let layout = makeLayout(5003)

  static func steps(_ client: Int) -> Int { client % 4 == 1 ? 0 : samples[client] / 5 }

  /// The clients it trained, in order.
  private(set) var trained: [Int] = []

  static func initialModel() -> ParameterVector { makeVector(layout, noise(99, 5003)) }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    trained.append(task.client)
    let steps = Self.steps(task.client)
    guard steps > 0 else { return LocalUpdate(state: nil, views: 0, losses: [:]) }
    let state = try task.begin(model: ParameterVector(Self.layout))
    let target = noise(UInt64(task.client * 1000 + task.round), state.model.count)
    for i in 0..<state.model.count {
      state.model.floats[i] += 0.3 * (target[i] - state.model.floats[i])
    }
    for _ in 0..<steps { state.didStep(rate: 0.1) }
    return LocalUpdate(
      state: state, views: steps * 10,
      losses: ["image": LossSum(sum: 1 / Double(task.client + task.round), batches: steps)])
  }
}

/// A federation of toys.
func makeToyFederation(
  _ communicator: Communicator, schedule: String, aggregator: String = "fedavg",
  trainer: any ClientTrainer = ToyTrainer(), states: ClientStates? = nil
) throws -> FederatedTraining {
  try FederatedTraining(
    .init(
      communicator: communicator, trainer: trainer,
      aggregator: try aggregators.make(aggregator),
      schedule: try clientSchedules.make(schedule),
      selection: Selection(clients: 40, participation: 0.25, seed: 4),
      samples: ToyTrainer.samples, states: states),
    // Other ranks' models do not count: they get rank 0's.
    global: communicator.rank == 0
      ? ToyTrainer.initialModel() : ParameterVector(ToyTrainer.layout))
}
