import Evaluation
import LinearAlgebra
import Machines

/// A task that fits a linear classifier to all training features at once: all ranks embed, and rank
/// 0 fits.
final class FittedEvaluation: PreparedEvaluation {
  /// Training features in, a classifier out.
  typealias Fit = (
    _ features: [Float], _ labels: [Int32], _ classes: Int, _ pause: () throws -> Void
  ) throws -> LinearClassifier

  private let context: EvaluationContext
  private let options: FeatureOptions
  private let train: EvaluatedSplit
  private let test: EvaluatedSplit
  private let classes: [String]
  private let areLogits: Bool
  private let fit: Fit

  /// - Parameter areLogits: whether the classifier's values are, so that they have a loss.
  init(
    _ context: EvaluationContext, _ samples: SampleOptions, _ labels: LabelOptions,
    _ options: FeatureOptions, areLogits: Bool, fit: @escaping Fit
  ) throws {
    self.context = context
    self.options = options
    (train, test, classes) = try samples.open(context, labels)
    if context.communicator.rank == 0 { try OpenBLAS.require() }
    self.areLogits = areLogits
    self.fit = fit
  }

  var data: String { get throws { try [train.digest, test.digest].joined(separator: " ") } }

  func measure(_ state: ClassifierState) throws -> EvaluationOutcome? {
    let output = options.features
    let bank = try context.features.of(train, run: context.run, output: output)
    let queries = try context.features.of(test, run: context.run, output: output)
    var outcome: EvaluationOutcome?
    func isStopped() -> Bool { StopSignal.isReceived }
    try context.communicator.workOnRoot(isStopped: isStopped) { pause in
      let dimension = bank.count / train.labels.count
      let normalised = options.normalisation.fitted(to: bank, dimension: dimension)
      let classifier = try fit(normalised(bank), train.labels, classes.count, pause)
      let values = classifier.decisions(normalised(queries))
      var found = EvaluationOutcome(classes: classes, [test])
      if areLogits {
        found.add(accuracy: "accuracy", loss: "loss", logits: values)
      } else {
        found.addAccuracy("accuracy", greatestClasses(values, classes: classes.count))
      }
      outcome = found
    }
    return outcome
  }
}
