import Foundation
import HDF5
import Layers
import TestSupport
import Testing
import Training

@testable import Evaluation

/// Against scikit-learn (Fixtures/linear.py).
@Suite struct LinearProbeTests {
  private func labelledFeatures(
    _ number: UInt64, _ count: Int, dimension: Int, classes: Int, spread: Float
  ) -> (features: [Float], labels: [Int32]) {
    let centres = noise(5102 << 32, classes * dimension)
    let labels = (0..<count).map { Int32($0 * 5 % classes) }
    let features = noise(number << 32, count * dimension).enumerated().map { index, value in
      value + spread * centres[Int(labels[index / dimension]) * dimension + index % dimension]
    }
    return (features, labels)
  }

  /// The default schedule comes within a point of the converged regression without penalty.
  @Test func equalsLogisticRegression() throws {
    let file = try fixture(.module, "linear.h5")
    func number(_ name: String) throws -> Int { Int(try file.intAttribute(name)) }
    let (dimension, classes) = (try number("dims"), try number("classes"))
    let spread = Float(try file.doubleAttribute("spread"))
    let train = labelledFeatures(
      5100, try number("train"), dimension: dimension, classes: classes, spread: spread)
    let test = labelledFeatures(
      5101, try number("test"), dimension: dimension, classes: classes, spread: spread)
    let options = SupervisedOptions()
    let probe = try LinearProbe(
      dimension: dimension, classes: classes, options: options, try Engine())
    let part = LinearProbe.Part(
      modality: "image", features: train.features, labels: train.labels)
    for epoch in 0..<options.epochs { _ = try probe.train([part], epoch: epoch) }
    let predicted = greatestClasses(probe.logits(test.features), classes: classes)
    let accuracy = try #require(KNN.accuracy(predicted, test.labels))
    let expected = try file.doubleAttribute("accuracy")
    #expect(abs(accuracy - expected) < 0.01, "\(accuracy), scikit-learn \(expected)")
    let theirs: [Int32] = try file.read("predicted")
    let agreement = try #require(KNN.accuracy(predicted, theirs))
    #expect(agreement > 0.95, "\(agreement) of the predictions are scikit-learn's")
  }

  /// Training that is taken up from parameters and the optimizer's vectors ends with the same bits.
  @Test(arguments: optimizers.names) func continues(optimizer: String) throws {
    let data = labelledFeatures(5100, 200, dimension: 8, classes: 3, spread: 1)
    let part = LinearProbe.Part(modality: "audio", features: data.features, labels: data.labels)
    var options = SupervisedOptions()
    options.epochs = 6
    options.optimizer = .text(optimizer)
    func probe() throws -> LinearProbe {
      try LinearProbe(dimension: 8, classes: 3, options: options, try Engine())
    }
    let whole = try probe()
    for epoch in 0..<6 { _ = try whole.train([part], epoch: epoch) }
    let first = try probe()
    for epoch in 0..<3 { _ = try first.train([part], epoch: epoch) }
    let second = try probe()
    second.parameters.assign(first.parameters)
    for (own, old) in zip(second.state, first.state) { own.assign(old) }
    for epoch in 3..<6 { _ = try second.train([part], epoch: epoch) }
    #expect(second.parameters.floats.elementsEqual(whole.parameters.floats))
  }

  @Test func divergenceNamesWhereItHappened() throws {
    let probe = try LinearProbe(
      dimension: 2, classes: 2, options: SupervisedOptions(), try Engine())
    let part = LinearProbe.Part(modality: "image", features: [.nan, 1, 0, 1], labels: [0, 1])
    let text = message { _ = try probe.train([part], epoch: 0) }
    #expect(text?.contains("image in epoch 1") == true, "\(text ?? "no error")")
  }

  @Test func impossibleOptions() {
    func refusal(_ change: (inout SupervisedOptions) -> Void) -> String {
      var options = SupervisedOptions()
      change(&options)
      return message { try options.validate() } ?? ""
    }
    #expect(refusal { _ in } == "")
    #expect(refusal { $0.epochs = 0 }.contains("epochs"))
    #expect(refusal { $0.batch = 1 }.contains("batch"))
    #expect(refusal { $0.rate = 0 }.contains("rate"))
    #expect(refusal { $0.optimizer["momentum"] = 0 }.contains("optimizer.nesterov"))
    #expect(refusal { $0.optimizer["weight_decay"] = -1 }.contains("optimizer.weight_decay"))
    #expect(refusal { $0.optimizer["name"] = "adam" }.contains("did you mean 'adamw'?"))
    #expect(refusal { $0.schedule = "milestone" }.contains("did you mean 'milestones'?"))
  }
}
