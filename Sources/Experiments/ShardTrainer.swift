import Datasets
import Federation
import Tensors
import Training

/// Trains clients from their shards, one in memory at a time.
final class ShardTrainer: ClientTrainer {
  private let shards: ShardReader
  private let trainer: LocalTrainer

  init(_ shards: ShardReader, _ trainer: LocalTrainer) {
    self.shards = shards
    self.trainer = trainer
  }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    try trainer.train(
      try shards.load(client: task.client), task, isStopped: { StopSignal.isReceived })
  }
}
