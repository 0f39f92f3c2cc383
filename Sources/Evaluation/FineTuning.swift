import Catalogues
import Encoders
import Layers
import MessagePassing
import Tensors
import Training

/// Trains a whole classifier on labelled samples, data-parallel over ranks (FSSUAVL §4).
///
/// A batch is cut into a fixed number of pieces, which the ranks deal out among themselves. Each
/// piece goes through the network by itself: it has its own BatchNorm batch statistics and its own
/// gradient. The pieces' gradients are added up, their running statistics averaged by their samples
/// (BatchNorm's gradient stays within a piece, as in PyTorch's DistributedDataParallel without
/// SyncBatchNorm). So the bits depend on the number of pieces, never on that of ranks. One piece is
/// what PyTorch computes on one device.
public final class FineTuning {
  /// Every rank's: what was trained, in `steps` steps.
  public let parameters: ParameterVector
  /// The optimizer's vectors.
  public let state: [ParameterVector]
  /// Steps done, and of all epochs.
  public private(set) var steps: Int
  public let totalSteps: Int
  /// Losses of the running epoch's batches, as every rank has them.
  public private(set) var losses: [Double] = []

  private let classifier: any Encoder
  private let samples: [any LabelledSamples]
  private let options: SupervisedOptions
  private let pieces: Int
  private let recompute: Bool
  private let communicator: Communicator
  private let engine: Engine
  private let optimizer: any Optimizer
  private let gradient: ParameterVector
  private let before: ParameterVector
  private let sum: PieceSum
  private var plan: (epoch: Int, batches: [EpochPlan.Batch])
  /// In an epoch: the numbers of samples alone decide.
  private var batchCount: Int { plan.batches.count }

  /// - Parameters:
  ///   - samples: by modality; batches have one modality each.
  ///   - parameters: to begin from, the same on every rank; they are trained in place.
  ///   - state: the optimizer's, where `steps` have been done before.
  ///   - pieces: of a batch.
  ///   - recompute: for less memory, with the same bits.
  public init(
    classifier: any Encoder, samples: [any LabelledSamples], options: SupervisedOptions,
    pieces: Int, recompute: Bool = false, parameters: ParameterVector,
    state: [ParameterVector]? = nil, steps: Int = 0, _ communicator: Communicator,
    _ engine: Engine
  ) throws {
    try options.validate()
    try Self.check(pieces: pieces)
    self.classifier = classifier
    self.samples = samples
    self.options = options
    self.pieces = pieces
    self.recompute = recompute
    self.parameters = parameters
    self.steps = steps
    self.communicator = communicator
    self.engine = engine
    optimizer = try options.makeOptimizer()
    self.state =
      state ?? (0..<optimizer.stateCount).map { _ in ParameterVector(classifier.layout) }
    precondition(self.state.count == optimizer.stateCount, "\(self.state.count) vectors")
    gradient = ParameterVector(classifier.layout)
    before = ParameterVector(classifier.layout)
    sum = PieceSum(classifier.layout, engine.kernels)
    let first = options.plan(counts: Self.counts(samples), epoch: 0)
    guard !first.isEmpty else {
      throw ConfigurationError("", "fewer than two training samples")
    }
    plan = (0, first)
    totalSteps = first.count * options.epochs
  }

  public static func check(pieces: Int) throws {
    try ConfigurationError.check("pieces", pieces, in: 1...PieceSum.mostPieces)
  }

  /// Trains from where it stands to the end. Every rank calls it, and `boundary` after each step,
  /// told whether an epoch ends there.
  public func run(boundary: (_ endsEpoch: Bool) throws -> Void) throws {
    while steps < totalSteps {
      let epoch = steps / batchCount
      if plan.epoch != epoch {
        plan = (epoch, options.plan(counts: Self.counts(samples), epoch: epoch))
      }
      if steps % batchCount == 0 { losses = [] }
      losses.append(try step(plan.batches[steps % batchCount], epoch: epoch))
      steps += 1
      try boundary(steps % batchCount == 0)
    }
  }

  /// One step; the loss of before it.
  func step(_ batch: EpochPlan.Batch, epoch: Int) throws -> Double {
    let count = batch.samples.count
    let cut = Self.cut(count, pieces)
    sum.clear()
    before.assign(parameters)
    for (index, piece) in cut.enumerated()
    where index % communicator.size == communicator.rank {
      restoreStatistics()
      gradient.zero()
      let loss = try addGradient(
        batch.modality, Array(batch.samples[piece]), of: count, epoch: epoch)
      sum.add(
        gradient: gradient, statistics: parameters, loss: loss / Double(count),
        share: Double(piece.count) / Double(count))
    }
    try sum.reduce(communicator)
    gradient.zero()
    guard let loss = sum.copy(gradient: gradient, statistics: parameters) else {
      // Every rank knows, and says so together.
      return try communicator.agree {
        throw DivergenceError(modality: batch.modality, epoch: epoch + 1)
      }
    }
    optimizer.step(
      parameters, gradient, state: state, number: steps,
      rate: Float(try options.rate(epoch: epoch)), engine)
    return loss
  }

  /// Adds a piece's part of the batch's mean gradient; the sum of its samples' losses.
  private func addGradient(
    _ modality: String, _ chosen: [Int], of count: Int, epoch: Int
  ) throws -> Double {
    guard let source = samples.first(where: { $0.modality == modality }) else {
      preconditionFailure("no samples of \(modality)")
    }
    let views = classifier.makeViews(of: modality, count: chosen.count, engine)
    try source.draw(chosen, epoch: epoch, into: views, engine)
    let (output, saved) = classifier.forward(
      views, of: modality, groups: 1, recompute: recompute, parameters, engine)
    let (loss, logitGradient) = CrossEntropy.loss(
      output.projection, chosen.map { source.labels[$0] }, divisor: count, engine)
    classifier.backward(
      EncoderGradient(projection: logitGradient), saved, parameters, into: gradient, engine)
    return loss
  }

  /// Each piece starts from the running statistics that the batch began with.
  private func restoreStatistics() {
    for entry in classifier.layout.entries where !entry.trainable {
      _ = parameters[entry.range].update(fromContentsOf: before[entry.range])
    }
  }

  /// How many pieces a batch of so many samples has: each has at least two.
  public static func pieces(of count: Int, _ pieces: Int) -> Int { max(1, min(pieces, count / 2)) }

  /// Samples of the largest piece of such a batch.
  public static func largestPiece(of count: Int, _ pieces: Int) -> Int {
    let pieces = Self.pieces(of: count, pieces)
    return max(2, (count + pieces - 1) / pieces)
  }

  /// Pieces of a batch: as equal as can be, of at least two samples, for BatchNorm knows no
  /// variance of one.
  static func cut(_ count: Int, _ pieces: Int) -> [Range<Int>] {
    let pieces = Self.pieces(of: count, pieces)
    return (0..<pieces).map { count * $0 / pieces..<count * ($0 + 1) / pieces }
  }

  private static func counts(
    _ samples: [any LabelledSamples]
  ) -> [(modality: String, count: Int)] {
    samples.map { ($0.modality, $0.labels.count) }
  }
}

/// Supervised training that ran away.
public struct DivergenceError: Error, CustomStringConvertible {
  public let modality: String
  public let epoch: Int

  public var description: String {
    "a gradient, a statistic or the loss is not finite or too large on a batch of modality "
      + "\(modality) in epoch \(epoch); a lower rate may help"
  }
}
