import Catalogues
import Evaluation

/// Recognition of pairs by a classifier trained on all their modalities (FSSUAVL Table 4): one
/// head, one modality a batch; a pair's class has the largest mean of its modalities' logits.
public struct PairedEvaluation: PlugIn, EvaluationTask {
  public static let name = "paired"
  public static let summary = "pairs by the mean of their modalities' logits"

  public typealias Options = MergedOptions<PairOptions, SupervisedOptions, FinetuneOptions, Own>

  public struct Own: SharedOptions {
    public static let meanings = [
      "mode": "what is trained: linear (on frozen features) or finetune",
      "views": "linear: whether each epoch sees new views",
      "features": "linear: \(Embedder.Output.meaning)",
      "normalise": "linear: of each modality's features: none, l2 or standardised",
    ]

    public enum Mode: String, WordOption { case linear, finetune }

    public var mode = Mode.linear
    /// Of `linear`: whether each epoch sees new views.
    public var views = false
    /// Of `linear`.
    public var features = Embedder.Output.features
    /// Of `linear`: what is done to each modality's features.
    public var normalise = FeatureNormalisation.none

    public init() {}
  }

  public static let defaults = Options()
  public static let meanings = Options.meanings
  public static let fileOptions = Options.fileOptions
  public static func complete(_ given: Tree) throws -> Tree {
    try SupervisedOptions.complete(given, on: Tree(encoding: defaults))
  }
  private let pairs: PairOptions
  private let training: SupervisedOptions
  private let finetune: FinetuneOptions
  private let own: Own

  public init(_ options: Options) throws {
    (pairs, training, finetune, own) = options.groups
    try pairs.validate()
    try training.validate()
    try finetune.validate()
    try ConfigurationError.require(
      own.mode == .linear || own.normalise == .none, "normalise",
      "is of features, which mode: finetune changes; leave it out, or give mode: linear")
  }

  /// What a linear layer sees.
  private var probed: Augmentation { own.views ? finetune.augmentation : .none }

  public func workload() throws -> EvaluationWorkload {
    let (train, test, classes) = try pairs.workload()
    return switch own.mode {
    case .linear:
      EvaluationWorkload(
        probe: train, test, classes: classes, training, output: own.features, augmentation: probed,
        own.normalise)
    case .finetune:
      EvaluationWorkload(
        tuning: train, test, classes: classes, training, pieces: finetune.pieces,
        augmentation: finetune.augmentation)
    }
  }

  public func prepare(_ context: EvaluationContext) throws -> any PreparedEvaluation {
    let (train, test, classes) = try pairs.open(
      run: { _ in context.run }, context.engine)
    let modalities = test.modalities
    return ClassifierEvaluation(
      context, training, train: train.splits, test: test.splits, classes: classes,
      logits: {
        switch own.mode {
        case .linear:
          try $0.probe(
            output: own.features, augmentation: probed,
            own.normalise)
        case .finetune:
          try $0.fineTune(pieces: finetune.pieces, augmentation: finetune.augmentation)
        }
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
