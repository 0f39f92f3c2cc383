import Catalogues
import Evaluation

/// Recognition of pairs by a classifier trained on all their modalities (FSSUAVL Table 4): one
/// head, one modality a batch; a pair's class has the largest mean of its modalities' logits.
public struct PairedEvaluation: PlugIn, EvaluationTask {
  public static let name = "paired"
  public static let summary = "pairs by the mean of their modalities' logits"

  public struct Options: Codable, Sendable {
    public var pairs = PairOptions()
    public var training = SupervisedOptions()
    public var finetune = FinetuneOptions()
    public var own = Own()

    public struct Own: Codable, Sendable {
      /// What is trained: `linear` (on the frozen encoder's features) or `finetune`.
      public var mode = Mode.linear
      /// `linear`: whether each epoch sees new views.
      public var views = false
      /// `linear`: `encoder`, before the head, or `projection`, behind it.
      public var features = "encoder"
    }

    public enum Mode: String, WordOption { case linear, finetune }

    public init() {}

    public init(from decoder: any Decoder) throws {
      pairs = try PairOptions(from: decoder)
      training = try SupervisedOptions(from: decoder)
      finetune = try FinetuneOptions(from: decoder)
      own = try Own(from: decoder)
    }

    public func encode(to encoder: any Swift.Encoder) throws {
      try pairs.encode(to: encoder)
      try training.encode(to: encoder)
      try finetune.encode(to: encoder)
      try own.encode(to: encoder)
    }
  }

  public static var defaults: Options { Options() }
  public static let meanings = joined(
    [
      PairOptions.meanings, SupervisedOptions.meanings, FinetuneOptions.meanings,
      [
        "mode": "what is trained: linear (on frozen features) or finetune",
        "views": "linear: whether each epoch sees new views",
        "features": "linear: encoder (before the head) or projection (behind it)",
      ],
    ])
  private let options: Options
  private let augmentation: Augmentation
  private let output: Embedder.Output

  public init(_ options: Options) throws {
    try options.pairs.validate()
    try options.training.validate()
    augmentation = try options.finetune.validated()
    output = try Embedder.Output(setting: options.own.features)
    self.options = options
  }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, classes) = try options.pairs.workload()
    guard options.own.mode == .linear else {
      return EvaluationWorkload(
        tuning: train, test, classes: classes, options.training, pieces: options.finetune.pieces,
        augmentation: augmentation)
    }
    return EvaluationWorkload(
      probe: train, test, classes: classes, options.training, output: output,
      augmentation: options.own.views ? augmentation : .none)
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let (train, test, classes) = try options.pairs.open(
      run: { _ in context.run }, context.engine)
    let modalities = test.modalities
    let isLinear = options.own.mode == .linear
    let (augmentation, output) = (augmentation, output)
    let (pieces, views) = (options.finetune.pieces, options.own.views)
    return ClassifierEvaluation(
      context, options.training, train: train.splits, test: test.splits, classes: classes,
      logits: {
        isLinear
          ? try $0.probe(output: output, augmentation: views ? augmentation : .none)
          : try $0.fineTune(pieces: pieces, augmentation: augmentation)
      },
      figures: { outcome, logits in
        for (modality, logits) in zip(modalities, logits) {
          outcome.add(
            accuracy: "accuracy_\(modality)", loss: "loss_\(modality)", logits: logits)
        }
        outcome.add(
          accuracy: "accuracy_joined", loss: "loss_joined", logits: PairedRecognition.mean(logits))
      })
  }
}
