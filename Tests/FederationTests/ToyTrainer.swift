import Federation
import MessagePassing
import Tensors
import TestSupport
import Training

/// Leaves every fourth client as it is, and moves the others' parameters towards values that depend on client and round: cheap, and different for
/// each client, so that a mistake in the sum shows.
final class ToyTrainer: ClientTrainer {
  static let samples = (0..<40).map { ($0 * 31) % 17 * 5 }
  static let layout = makeLayout(5003)

  static func steps(_ client: Int) -> Int { client % 4 == 1 ? 0 : samples[client] / 5 }

  /// The clients it trained, in order.
  private(set) var trained: [Int] = []

  static func initialModel() -> ParameterVector { makeVector(layout, noise(99, 5003)) }

  func train(client: Int, round: Int, from global: ParameterVector) throws -> LocalUpdate {
    trained.append(client)
    let model = global.copy()
    let steps = Self.steps(client)
    if steps > 0 {
      let target = noise(UInt64(client * 1000 + round), model.count)
      for i in 0..<model.count { model.floats[i] += 0.3 * (target[i] - model.floats[i]) }
    }
    return LocalUpdate(
      parameters: model, steps: steps, views: steps * 10,
      losses: steps > 0
        ? ["image": LossSum(sum: 1 / Double(client + round), batches: steps)] : [:])
  }
}

/// A federation of toys.
func makeToyFederation(
  _ communicator: Communicator, schedule: String, aggregator: String = "fedavg",
  trainer: any ClientTrainer = ToyTrainer()
) throws -> FederatedTraining {
  FederatedTraining(
    .init(
      communicator: communicator, trainer: trainer,
      aggregator: try aggregators.make(aggregator),
      schedule: try clientSchedules.make(schedule),
      selection: Selection(clients: 40, participation: 0.25, seed: 4),
      samples: ToyTrainer.samples),
    // Other ranks' models do not count: they get rank 0's.
    global: communicator.rank == 0
      ? ToyTrainer.initialModel() : ParameterVector(ToyTrainer.layout))
}
