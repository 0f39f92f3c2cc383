import Datasets
import Federation
import Tensors
import Training

/// Trains clients from their shards, one in memory at a time.
final class ShardTrainer: ClientTrainer {
  private let shards: ShardReader
  private let trainer: LocalTrainer
  private let isStopped: () -> Bool

  /// - Parameter isStopped: whether training is to be given up, asked before each step.
  init(_ shards: ShardReader, _ trainer: LocalTrainer, isStopped: @escaping () -> Bool) {
    self.shards = shards
    self.trainer = trainer
    self.isStopped = isStopped
  }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    try trainer.train(
      try shards.load(client: task.client), task, isStopped: isStopped)
  }
}
