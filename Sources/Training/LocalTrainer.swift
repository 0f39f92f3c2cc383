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
  private let seesLabels: Bool
  private let engine: Engine
  private let step: TrainingStep
  private let parameters: ParameterVector

  /// - Parameters:
  ///   - views: the makers of views by modality, in the catalogue's order.
  ///   - rounds: of the whole run, for schedules over rounds.
  ///   - seesLabels: whether losses know the samples' classes: a server's, never a client's.
  public init(
    _ model: Model, optimizer: any Optimizer, options: TrainingOptions, views: [ModalityViews],
    seed: UInt64, rounds: Int, seesLabels: Bool = false, _ engine: Engine
  ) throws {
    try options.validate(modalities: views.map(\.modality))
    self.model = model
    self.options = options
    self.views = views
    self.seed = seed
    self.rounds = rounds
    self.seesLabels = seesLabels
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
    // A round without training sees each sample once.
    let trains = task.rule.trains(in: task.round)
    let epochs = trains ? options.localEpochs : 1
    let total =
      epochs * counts.reduce(0) { $0 + EpochPlan.steps(of: $1.1, options) }
    var state: LocalState?
    var correct: ((ParameterVector) -> Void)?
    var losses: [String: LossSum] = [:]
    var viewCount = 0
    let randomViews = model.method.randomViews
    for epoch in 0..<epochs {
      let rate =
        (trains ? options.rate : 0)
        * schedule.factor(
          epoch: epoch, of: epochs, round: task.round - 1, of: rounds)
      let plan = EpochPlan(
        counts: counts, options: options, seed: seed, round: task.round, client: data.client,
        epoch: epoch)
      var others = OtherSamples(
        counts: counts, seed: seed, round: task.round, client: data.client, epoch: epoch)
      for batch in plan.batches {
        if isStopped() { throw TrainingStopped() }
        if state == nil {
          let fresh = try begin(task)
          state = fresh
          correct = task.correction(fresh, engine)
        }
        let further = (0..<randomViews).flatMap { _ in
          others.next(batch.samples.count, of: batch.modality)
        }
        let input = draw(batch, further, data, round: task.round, epoch: epoch)
        let turns = turn(batch, of: input, data, round: task.round, epoch: epoch)
        let loss = step.run(
          input, of: batch.modality, parameters, rate: rate, of: total, turns: turns,
          labels: labels(of: batch, data), correct: correct)
        guard loss.isFinite else {
          throw TrainingError(modality: batch.modality, epoch: epoch + 1, loss: loss)
        }
        state?.didStep(rate: rate)
        losses[batch.modality, default: LossSum()].add(loss)
        viewCount += input.images
      }
    }
    if let state {
      if trains { step.leave() } else { step.leaveUntrained(state.kept) }
    }
    return LocalUpdate(state: state, views: viewCount, losses: losses)
  }

  private func begin(_ task: ClientTask) throws -> LocalState {
    step.reset(
      random: RandomStream(
        seed: seed, purpose: .methodMemory, round: task.round, client: task.client))
    let state = try task.begin(
      model: parameters, target: step.target, memory: step.memory, vectors: step.vectors.all)
    if options.state == .kept, let kept = state.kept { step.goOn(from: kept) }
    // Labels say what a teacher would.
    if !seesLabels { step.teach(global: state.global, previous: state.kept?[PreviousModel.name]) }
    return state
  }

  /// The samples' classes, where they are seen.
  private func labels(of batch: EpochPlan.Batch, _ data: ClientData) -> [Int] {
    guard seesLabels, let set = data.sets[batch.modality] else { return [] }
    return batch.samples.map { Int(set.labels[$0]) }
  }

  /// Turns the view that the method wants turned, each sample's by its own number of quarter turns.
  private func turn(
    _ batch: EpochPlan.Batch, of views: FeatureMap, _ data: ClientData, round: Int, epoch: Int
  ) -> [Int] {
    guard let view = model.method.turnedView else { return [] }
    return batch.samples.enumerated().map { index, sample in
      var random = RandomStream(
        seed: seed, purpose: .turns, round: round, client: data.client, epoch: epoch,
        sample: streamIndex(batch.modality, sample))
      let turns = random.index(below: 4)
      turnImage(view * batch.samples.count + index, of: views, by: turns)
      return turns
    }
  }

  /// All views of a batch: the first views of all samples, then the second, and so on, and one of
  /// each of `others`.
  private func draw(
    _ batch: EpochPlan.Batch, _ others: [Int], _ data: ClientData, round: Int, epoch: Int
  ) -> FeatureMap {
    let encoder = model.encoder
    let plainView = model.method.plainView
    let count = batch.samples.count
    let samples = (0..<model.method.views).flatMap { _ in batch.samples } + others
    let result = encoder.makeViews(of: batch.modality, count: samples.count, engine)
    guard let makers = views.first(where: { $0.modality == batch.modality })?.makers,
      let set = data.sets[batch.modality]
    else { preconditionFailure("no views of \(batch.modality)") }
    engine.eachImage(of: result) { image, thread, view in
      let sample = samples[image]
      if image / count == plainView {
        set.withSample(sample) { makers[thread].evaluationView(of: $0, into: view) }
        return
      }
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
