import Catalogues
import Datasets
import Encoders
import Layers
import Methods
import Tensors
import Views

/// Trains one client at a time from the global model, self-supervised (FSSUAVL §3.1).
///
/// What comes out depends on the job, the client's data and its task alone. One client's data and
/// one batch are in memory at a time, whatever the number of clients.
public final class LocalTrainer {
  private let model: Model
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
    _ model: Model, optimizer: any Optimizer, options: TrainingOptions, views: [ModalityViews],
    seed: UInt64, rounds: Int, _ engine: Engine
  ) throws {
    try options.validate(modalities: views.map(\.modality))
    self.model = model
    self.options = options
    self.views = views
    self.seed = seed
    self.rounds = rounds
    self.engine = engine
    schedule = try rateSchedules.make(options.schedule)
    step = TrainingStep(
      model, modalities: views.map(\.modality), optimizer: optimizer, settings: options.step, engine
    )
    parameters = ParameterVector(model.layout)
  }

  /// Trains a client. Throws `TrainingStopped` before the first step for which `isStopped` says so.
  public func train(
    _ data: ClientData, _ task: ClientTask, isStopped: () -> Bool
  ) throws -> LocalUpdate {
    let counts = views.map { ($0.modality, data.sets[$0.modality]?.count ?? 0) }
    let total =
      options.localEpochs * counts.reduce(0) { $0 + EpochPlan.steps(of: $1.1, options) }
    var state: LocalState?
    var correct: ((ParameterVector) -> Void)?
    var losses: [String: LossSum] = [:]
    var viewCount = 0
    for epoch in 0..<options.localEpochs {
      let rate =
        options.rate
        * schedule.factor(
          epoch: epoch, of: options.localEpochs, round: task.round - 1, of: rounds)
      let plan = EpochPlan(
        counts: counts, options: options, seed: seed, round: task.round, client: data.client,
        epoch: epoch)
      for batch in plan.batches {
        if isStopped() { throw TrainingStopped() }
        if state == nil {
          let fresh = try begin(task)
          state = fresh
          correct = task.correction(fresh, engine)
        }
        let input = draw(batch, data, round: task.round, epoch: epoch)
        let loss = step.run(
          input, of: batch.modality, parameters, rate: rate, of: total, correct: correct)
        guard loss.isFinite else {
          throw TrainingError(modality: batch.modality, epoch: epoch + 1, loss: loss)
        }
        state?.didStep(rate: rate)
        losses[batch.modality, default: LossSum()].add(loss)
        viewCount += input.images
      }
    }
    return LocalUpdate(state: state, views: viewCount, losses: losses)
  }

  private func begin(_ task: ClientTask) throws -> LocalState {
    step.reset(
      random: RandomStream(
        seed: seed, purpose: .methodMemory, round: task.round, client: task.client))
    return try task.begin(model: parameters, target: step.target)
  }

  /// All views of a batch: the first views of all samples, then the second, and so on.
  private func draw(
    _ batch: EpochPlan.Batch, _ data: ClientData, round: Int, epoch: Int
  ) -> FeatureMap {
    let encoder = model.encoder
    let count = batch.samples.count
    let result = encoder.makeViews(
      of: batch.modality, count: model.method.views * count, engine)
    guard let makers = views.first(where: { $0.modality == batch.modality })?.makers,
      let set = data.sets[batch.modality]
    else { preconditionFailure("no views of \(batch.modality)") }
    engine.eachImage(of: result) { image, thread, view in
      let sample = batch.samples[image % count]
      var random = RandomStream(
        seed: seed, purpose: .view(image / count), round: round, client: data.client, epoch: epoch,
        sample: streamIndex(batch.modality, sample))
      set.withSample(sample) {
        makers[thread].trainingView(of: $0, random: &random, into: view)
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
public struct TrainingError: Divergence, CustomStringConvertible {
  public let modality: String
  public let epoch: Int
  public let loss: Double

  public init(modality: String, epoch: Int, loss: Double) {
    self.modality = modality
    self.epoch = epoch
    self.loss = loss
  }

  public var description: String {
    "the loss is \(loss) on a batch of modality \(modality) in local epoch \(epoch); "
      + "a lower training.rate may help; where clients have few samples, whose BatchNorm sees little, "
      + "a higher training.smallest_batch; where encoder.input leaves features of 1×1, a larger one"
  }
}
