import Catalogues
import Datasets
import Encoders
import Layers
import Methods
import Tensors
import Views

/// Trains one client at a time from the global model, self-supervised (FSSUAVL §3.1).
///
/// What comes out depends on the job, the client's data, the round and the global model alone. One
/// client's data and one batch are in memory at a time, whatever the number of clients.
public final class LocalTrainer {
  private let encoder: any Encoder
  private let options: TrainingOptions
  private let schedule: any RateSchedule
  private let views: [ModalityViews]
  private let seed: UInt64
  private let rounds: Int
  private let engine: Engine
  private let step: TrainingStep
  private let parameters: ParameterVector

  /// - Parameters:
  ///   - views: the makers of views by modality, in the catalogue's order.
  ///   - rounds: of the whole run, for schedules over rounds.
  public init(
    encoder: any Encoder, method: any Method, options: TrainingOptions,
    views: [ModalityViews], seed: UInt64, rounds: Int, _ engine: Engine
  ) throws {
    try options.validate()
    self.encoder = encoder
    self.options = options
    self.views = views
    self.seed = seed
    self.rounds = rounds
    self.engine = engine
    schedule = try rateSchedules.make(options.schedule)
    let optimizer = try optimizers.make([
      "name": options.optimizer, "momentum": options.momentum,
      "weight_decay": options.weightDecay,
    ])
    step = TrainingStep(
      encoder: encoder, method: method, optimizer: optimizer, joined: options.views == .joined,
      recompute: options.recompute, engine)
    parameters = ParameterVector(encoder.layout)
  }

  /// Trains a client in `round` (from 1). The update's model is valid until the next call; without
  /// a step it is `global` itself. Throws `TrainingStopped` before the first step for which
  /// `isStopped` says so.
  public func train(
    _ data: ClientData, round: Int, from global: ParameterVector, isStopped: () -> Bool
  ) throws -> LocalUpdate {
    var losses: [String: LossSum] = [:]
    var steps = 0
    var viewCount = 0
    for epoch in 0..<options.localEpochs {
      let rate =
        options.rate
        * schedule.factor(
          epoch: epoch, of: options.localEpochs, round: round - 1, of: rounds)
      let plan = EpochPlan(
        counts: views.map { ($0.modality, data.sets[$0.modality]?.count ?? 0) }, options: options,
        seed: seed, round: round, client: data.client, epoch: epoch)
      for batch in plan.batches {
        if isStopped() { throw TrainingStopped() }
        if steps == 0 {
          parameters.assign(global)
          step.reset()
        }
        let input = draw(batch, data, round: round, epoch: epoch)
        let loss = step.run(input, parameters, rate: rate)
        guard loss.isFinite else {
          throw TrainingError(modality: batch.modality, epoch: epoch + 1, loss: loss)
        }
        losses[batch.modality, default: LossSum()].add(loss)
        steps += 1
        viewCount += input.images
      }
    }
    return LocalUpdate(
      parameters: steps > 0 ? parameters : global, steps: steps, views: viewCount, losses: losses)
  }

  /// Both views of a batch: the first views of all samples, then the second.
  private func draw(_ batch: EpochPlan.Batch, _ data: ClientData, round: Int, epoch: Int)
    -> FeatureMap
  {
    let side = encoder.inputSide
    let result = FeatureMap(
      engine.pool, images: 2 * batch.samples.count, channels: encoder.inputChannels, height: side,
      width: side, layout: .plain)
    guard let makers = views.first(where: { $0.modality == batch.modality })?.makers,
      let set = data.sets[batch.modality]
    else { preconditionFailure("no views of \(batch.modality)") }
    let count = batch.samples.count
    engine.parallel(result.images) { images, own in
      for image in images {
        let sample = batch.samples[image % count]
        var random = RandomStream(
          seed: seed, purpose: image < count ? .firstView : .secondView, round: round,
          client: data.client, epoch: epoch, sample: streamIndex(batch.modality, sample))
        let view = UnsafeMutableBufferPointer(
          start: result.pointer + image * result.imageCount, count: result.imageCount)
        set.withSample(sample) {
          makers[own.thread].trainingView(of: $0, random: &random, into: view)
        }
      }
    }
    return result
  }
}

/// Training that was asked to stop in a client's midst: what it had is of no use.
public struct TrainingStopped: Error {
  public init() {}
}

/// Training that ran away.
public struct TrainingError: Error, CustomStringConvertible {
  public let modality: String
  public let epoch: Int
  public let loss: Double

  public var description: String {
    "the loss is \(loss) on a batch of modality \(modality) in local epoch \(epoch); "
      + "a lower training.rate may help"
  }
}
