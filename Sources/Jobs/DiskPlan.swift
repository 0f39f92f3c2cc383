import Catalogues
import Checkpoints
import Federation
import Tensors

/// The bytes that a run's folder holds at most while it goes on, but for its results: known before
/// it begins.
public struct DiskPlan {
  /// Checkpoints: of the model, and of the algorithm's vectors on rank 0.
  public let checkpoints: Int
  /// What clients keep between their rounds, and the models that are held in one; 0 where the
  /// algorithm asks for neither.
  public let clientStates: Int

  public init(_ job: Job) throws {
    let channels = try job.aggregator.channels(job.model.layout, target: job.model.target)
    let value = MemoryLayout<Float>.stride
    // The newest ones, one that is being written, and those that are to stay.
    let checkpoints = CheckpointFolder.kept + 1 + job.federation.keep.count
    self.checkpoints = clippedProduct(
      checkpoints, value, job.model.layout.count + Channels.count(channels.server))
    // Every client's newest state, and of each round since the oldest checkpoint one more of each
    // of its clients; those of rounds that are to stay may be all others.
    let rounds = (CheckpointFolder.kept + 1) * job.federation.checkpointEvery
    let states = min(
      job.federation.rounds * job.selection.count,
      job.clients.count * (1 + job.federation.keep.count) + rounds * job.selection.count)
    let kept = clippedProduct(states, value, Channels.count(channels.kept))
    let models = job.aggregator.mixing == nil ? 0 : job.selection.count
    let held = clippedProduct(models, value, job.model.layout.count)
    clientStates = kept + min(held, .max - kept)
  }
}
