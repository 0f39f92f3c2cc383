import Datasets
import Federation
import Tensors
import Training

/// Trains clients from their shards, one in memory at a time.
final class ShardTrainer: ClientTrainer {
  private let shards: ShardReader
  private let mix: ModalityMix
  private let trainer: LocalTrainer

  init(_ shards: ShardReader, _ mix: ModalityMix, _ trainer: LocalTrainer) {
    self.shards = shards
    self.mix = mix
    self.trainer = trainer
  }

  func train(client: Int, round: Int, from global: ParameterVector) throws -> LocalUpdate {
    let data = try shards.load(client: client)
    let own = data.sets.filter { mix.modalities[client].contains($0.key) }
    return try trainer.train(
      ClientData(client: client, sets: own), round: round, from: global)
  }
}
