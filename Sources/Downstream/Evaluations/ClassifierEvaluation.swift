import Evaluation

/// A task that trains a classifier.
final class ClassifierEvaluation: PreparedEvaluation {
  private let context: EvaluationContext
  private let options: SupervisedOptions
  private let train: [EvaluatedSplit]
  private let test: [EvaluatedSplit]
  private let classes: [String]
  private let logits: (ClassifierTraining) throws -> [[Float]]?
  private let figures: (inout EvaluationOutcome, [[Float]]) -> Void

  /// - Parameters:
  ///   - logits: what trains, and gives each test split's logits.
  ///   - figures: what they come to.
  init(
    _ context: EvaluationContext, _ options: SupervisedOptions, train: [EvaluatedSplit],
    test: [EvaluatedSplit], classes: [String],
    logits: @escaping (ClassifierTraining) throws -> [[Float]]?,
    figures: @escaping (inout EvaluationOutcome, [[Float]]) -> Void
  ) {
    self.context = context
    self.options = options
    self.train = train
    self.test = test
    self.classes = classes
    self.logits = logits
    self.figures = figures
  }

  /// Of the samples of one modality, which has one accuracy and one loss.
  convenience init(
    _ context: EvaluationContext, _ options: SupervisedOptions, _ samples: SampleOptions,
    _ labels: LabelOptions, logits: @escaping (ClassifierTraining) throws -> [[Float]]?
  ) throws {
    let (train, test, classes) = try samples.open(context, labels)
    self.init(
      context, options, train: [train], test: [test], classes: classes, logits: logits,
      figures: { $0.add(accuracy: "accuracy", loss: "loss", logits: $1[0]) })
  }

  var data: String {
    get throws { try (train + test).map { try $0.digest }.joined(separator: " ") }
  }

  func measure(_ state: ClassifierState) throws -> EvaluationOutcome? {
    let training = ClassifierTraining(
      context: context, options: options, classes: classes.count, train: train, test: test,
      state: state)
    guard let logits = try logits(training) else { return nil }
    var outcome = EvaluationOutcome(classes: classes, test)
    figures(&outcome, logits)
    return outcome
  }
}
