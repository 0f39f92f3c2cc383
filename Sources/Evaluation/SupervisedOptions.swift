import Catalogues
import Training

/// How a classifier is trained on labelled samples: the linear probe's and fine-tuning's schedule
/// (FSSUAVL §4; momentum, batch and no weight decay as in its authors' code). In files an
/// optimizer's options may be left out, and SGD's stand beside it (`complete`).
public struct SupervisedOptions: SharedOptions, Equatable {
  public static let meanings = [
    "epochs": "passes over the training samples",
    "batch": "samples of a step",
    "rate": "learning rate",
    "schedule": "of the rate over the epochs, a rate schedule",
    "optimizer.name": "an optimizer, with options of its own beside the name",
    "optimizer.momentum": "SGD's: how much of the last step goes on",
    "optimizer.nesterov": "SGD's: whether a step looks ahead by its momentum",
    "optimizer.weight_decay": "what is added to the gradient, times the parameter",
    "seed": "of the fresh head, the order of samples and the views",
  ]

  /// Passes over the training samples.
  public var epochs = 60
  /// Samples a step.
  public var batch = 128
  /// Learning rate.
  public var rate = 0.03
  /// Of the rate, over the epochs.
  public var schedule = "milestones"
  /// An optimizer's settings, complete.
  public var optimizer: Tree = [
    "name": "sgd", "momentum": 0.9, "nesterov": true, "weight_decay": 0,
  ]
  /// Of the fresh head, the order of samples and the views.
  public var seed: UInt64 = 1

  public init() {}

  /// Throws where a number cannot be.
  public func validate() throws {
    try ConfigurationError.check("epochs", epochs, in: 1...100_000)
    try ConfigurationError.check("batch", batch, in: 2...65_536)
    try ConfigurationError.positive("rate", rate)
    _ = try makeOptimizer()
    try rateSchedules.require(schedule, at: "schedule")
  }

  public func makeOptimizer() throws -> any Optimizer {
    try ConfigurationError.inside("optimizer") { try optimizers.make(optimizer) }
  }

  /// The rate in an epoch, counted from 0.
  func rate(epoch: Int) throws -> Double {
    try rate * rateSchedules.make(schedule).factor(epoch: epoch, of: epochs, round: 0, of: 1)
  }

  /// The batches of an epoch: of one modality each, in turn. An epoch of pretraining has a round of
  /// at least 1, so no two draw the same order.
  func plan(counts: [(modality: String, count: Int)], epoch: Int) -> [EpochPlan.Batch] {
    EpochPlan(
      counts: counts, options: epochOptions, seed: seed, round: 0, client: 0, epoch: epoch
    ).batches
  }

  /// Steps of an epoch over so many samples of one modality.
  public func steps(of count: Int) -> Int { EpochPlan.steps(of: count, epochOptions) }

  /// Samples that such an epoch sees.
  public func used(of count: Int) -> Int { EpochPlan.used(of: count, epochOptions) }

  private var epochOptions: TrainingOptions {
    var training = TrainingOptions()
    training.batch = batch
    training.order = .alternate
    training.lastBatch = .keep
    training.smallestBatch = 2
    return training
  }
}
