import Catalogues
import Encoders
import Evaluation
import Layers
import Machines
import MessagePassing
import Tensors
import Views

/// What a classifier in training sees of a sample.
public enum Augmentation: String, WordOption {
  /// Images cropped at random and flipped, a random segment of a sound.
  case plain
  /// The run's own training views.
  case pretraining
  /// The evaluation view.
  case none

  func makers(_ split: EvaluatedSplit) -> [any ViewMaker] {
    self == .pretraining ? split.makers : split.plainMakers
  }
}

/// Trains a classifier on splits of one class list, each of one modality, and gives the logits of
/// test splits, on all ranks together.
struct ClassifierTraining {
  let context: EvaluationContext
  let options: SupervisedOptions
  let classes: Int
  let train: [EvaluatedSplit]
  let test: [EvaluatedSplit]
  let state: ClassifierState

  private var communicator: Communicator { context.communicator }
  private var run: EvaluatedRun { context.run }

  /// A linear layer on features of the frozen encoder. All ranks embed, and rank 0 trains: a step's
  /// sums over ranks would take longer than the step. Logits [samples, classes] of each test split
  /// on rank 0, nil elsewhere.
  ///
  /// - Parameters:
  ///   - augmentation: `none` embeds the training samples once, the others in each epoch.
  ///   - normalisation: of each split's features, test splits' as the training split's of the same
  ///     place; what standardises is measured on evaluation views.
  func probe(
    output: Embedder.Output, augmentation: Augmentation, _ normalisation: FeatureNormalisation
  ) throws -> [[Float]]? {
    let embedder = Embedder(encoder: run.job.encoder, output: output, context.engine)
    let isRoot = communicator.rank == 0
    var fixed: [[Float]] = train.map { _ in [] }
    if augmentation == .none || normalisation == .standardised {
      fixed = try train.map { try context.features.of($0, run: run, output: output) }
    }
    let normalised = fixed.map {
      isRoot ? normalisation.fitted(to: $0, dimension: embedder.dimension) : { $0 }
    }
    let tests = try zip(test, normalised).map {
      $1(try context.features.of($0, run: run, output: output))
    }
    func parts(_ features: [[Float]]) -> [LinearProbe.Part] {
      zip(zip(train, features), normalised).map { part($0.0, $1($0.1)) }
    }
    var current = augmentation == .none ? parts(fixed) : []
    var probe: LinearProbe?
    var epoch = 0
    try communicator.agreeOnRoot {
      let fresh = try LinearProbe(
        dimension: embedder.dimension, classes: classes, options: options, context.engine)
      if let kept = try state.load(
        fresh.parameters.layout, vectors: fresh.state.count, unit: "epoch")
      {
        fresh.parameters.assign(kept.parameters)
        for (own, old) in zip(fresh.state, kept.optimizer) { own.assign(old) }
        epoch = kept.steps
      }
      probe = fresh
    }
    epoch = Int(try communicator.broadcast(Int64(epoch)))
    let savePoint = SavePoint(communicator)
    if augmentation != .none { for split in train { try context.features.verify(split) } }
    func content() -> ClassifierState.Content? {
      probe.map {
        ClassifierState.Content(steps: epoch, parameters: $0.parameters, optimizer: $0.state)
      }
    }
    while epoch < options.epochs {
      if augmentation != .none {
        current = try keeping("epoch \(epoch)", content) {
          parts(try train.map { try embed($0, embedder, augmentation, epoch: epoch) })
        }
      }
      try communicator.agreeOnRoot { _ = try probe?.train(current, epoch: epoch) }
      epoch += 1
      context.progress("linear probe, epoch", epoch, of: options.epochs)
      try keep(savePoint, isLast: epoch == options.epochs, "epoch \(epoch)", content)
    }
    return probe.map { probe in tests.map { probe.logits($0) } }
  }

  /// The whole network, data-parallel. Logits [samples, classes] of each test split on rank 0, nil
  /// elsewhere.
  func fineTune(pieces: Int, augmentation: Augmentation) throws -> [[Float]]? {
    let (classifier, parameters, samples) = try communicator.agree {
      let (classifier, parameters) = try run.classifier(classes: classes, seed: options.seed)
      return (classifier, parameters, try train.map { try drawn($0, augmentation) })
    }
    for split in train + test { try context.features.verify(split) }
    try FineTuningMemory(
      classifier: classifier, options: options, pieces: pieces,
      samples: train.map(\.rows.count).max() ?? 0, recompute: context.recompute,
      modality: train[0].modality
    ).check(context)
    let vectors = try options.makeOptimizer().stateCount
    let optimizer = (0..<vectors).map { _ in ParameterVector(classifier.layout) }
    var steps = 0
    try communicator.agreeOnRoot {
      if let kept = try state.load(classifier.layout, vectors: vectors, unit: "step") {
        parameters.assign(kept.parameters)
        for (own, old) in zip(optimizer, kept.optimizer) { own.assign(old) }
        steps = kept.steps
      }
    }
    steps = Int(try communicator.broadcast(Int64(steps)))
    try communicator.broadcast(parameters.floats)
    for vector in optimizer { try communicator.broadcast(vector.floats) }
    let tuning = try FineTuning(
      classifier: classifier, samples: samples, options: options, pieces: pieces,
      recompute: context.recompute, parameters: parameters, state: optimizer, steps: steps,
      communicator, context.engine)
    func content() -> ClassifierState.Content? {
      ClassifierState.Content(steps: tuning.steps, parameters: parameters, optimizer: optimizer)
    }
    let savePoint = SavePoint(communicator)
    try tuning.run { _ in
      context.progress("fine-tuning, step", tuning.steps, of: tuning.totalSteps)
      try keep(
        savePoint, isLast: tuning.steps == tuning.totalSteps, "step \(tuning.steps)", content)
    }
    let embedder = Embedder(encoder: classifier, output: .projection, context.engine)
    let logits = try keeping("step \(tuning.steps)", content) {
      try test.map { try embedder.embed($0, $0.makers, parameters, communicator) }
    }
    return communicator.rank == 0 ? logits : nil
  }

  /// Work that can be asked to end: what is trained is saved then.
  private func keeping<Result>(
    _ place: String, _ content: () -> ClassifierState.Content?, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch is WorkStopped {
      try save(content)
      throw Stopped(after: place)
    }
  }

  private func save(_ content: () -> ClassifierState.Content?) throws {
    try communicator.agreeOnRoot { if let content = content() { try state.save(content) } }
  }

  private func part(_ split: EvaluatedSplit, _ features: [Float]) -> LinearProbe.Part {
    LinearProbe.Part(modality: split.modality, features: features, labels: split.labels)
  }

  /// Features of a training view of each sample, as of an epoch, on rank 0.
  private func embed(
    _ split: EvaluatedSplit, _ embedder: Embedder, _ augmentation: Augmentation, epoch: Int
  ) throws -> [Float] {
    try embedder.embed(split, augmentation.makers(split), run.model, communicator) {
      StoreSamples.stream(options.seed, split.modality, epoch: epoch, sample: $0)
    }
  }

  private func drawn(
    _ split: EvaluatedSplit, _ augmentation: Augmentation
  ) throws -> StoreSamples {
    try StoreSamples(
      split.store, modality: split.modality, split: split.split, rows: split.rows,
      makers: augmentation.makers(split),
      kind: augmentation == .none ? .fixed : .random(seed: options.seed))
  }

  /// Saves on rank 0 where it is due, and stops where it was asked to; all ranks call it. Nothing
  /// is saved at the end: the evaluation's file follows.
  private func keep(
    _ savePoint: SavePoint, isLast: Bool, _ place: String,
    _ content: () -> ClassifierState.Content?
  ) throws {
    let due = try savePoint.check()
    guard !isLast, due != .nothing else { return }
    try save(content)
    if due == .stop { throw Stopped(after: place) }
  }
}
