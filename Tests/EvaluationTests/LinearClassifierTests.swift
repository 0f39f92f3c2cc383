import Foundation
import HDF5
import TestSupport
import Testing

@testable import Evaluation

/// Against scikit-learn (Fixtures/linearclassifier.py).
@Suite struct LinearClassifierTests {
  private static let dimension = 24

  private func labelledFeatures(
    _ number: UInt64, _ count: Int, classes: Int
  ) -> (features: [Float], labels: [Int32]) {
    let centres = noise(5202 << 32, classes * Self.dimension)
    let labels = (0..<count).map { Int32($0 * 3 % classes) }
    let features = noise(number << 32, count * Self.dimension).enumerated().map { index, value in
      let column = index % Self.dimension
      let centre = centres[Int(labels[index / Self.dimension]) * Self.dimension + column]
      return (value + 0.5 * centre) * Float(1 + column % 4) + 0.25 * Float(column)
    }
    return (features, labels)
  }

  @Test(arguments: ["ridge", "logistic"], [2, 5])
  func equalsScikitLearn(name: String, classes: Int) throws {
    let file = try fixture(.module, "linearclassifier.h5")
    let train = labelledFeatures(
      5200, Int(try file.intAttribute("train")), classes: classes)
    let test = labelledFeatures(5201, Int(try file.intAttribute("test")), classes: classes)
    for normalisation in [FeatureNormalisation.none, .standardised] {
      let normalised = normalisation.fitted(to: train.features, dimension: Self.dimension)
      let features = normalised(train.features)
      let classifier =
        if name == "ridge" {
          try RidgeClassification(alpha: try file.doubleAttribute("alpha"))
            .fit(features, train.labels, classes: classes)
        } else {
          try converged(features, train.labels, classes: classes, c: file.doubleAttribute("c"))
        }
      let decisions = classifier.decisions(normalised(test.features))
      let group = "\(name)_\(classes)_\(normalisation == .none ? "plain" : "standardised")"
      let expected: [Double] = try file.read("/\(group)/decisions")
      let worst = zip(decisions, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
      // Plain features are far from round: the last steps of L-BFGS gain less than Float64 tells.
      let bound = name == "logistic" && normalisation == .none ? 1e-4 : 1e-5
      #expect(decisions.count == expected.count && worst < bound, "\(group): \(worst)")
      let accuracy = try #require(
        KNN.accuracy(greatestClasses(decisions, classes: classes), test.labels))
      let theirs = try file.doubleAttribute("accuracy", on: "/\(group)")
      #expect(abs(accuracy - theirs) < 0.002, "\(group): \(accuracy), scikit-learn \(theirs)")
    }
  }

  private func converged(
    _ features: [Float], _ labels: [Int32], classes: Int, c: Double
  ) throws -> LinearClassifier {
    let fit = try LogisticRegression(c: c, tolerance: 1e-9, iterations: 100_000)
      .fit(features, labels, classes: classes)
    #expect(fit.hasConverged)
    return fit.classifier
  }

  /// The defaults of the evaluation end within 0.2 points of the optimum.
  @Test func theUsualToleranceIsEnough() throws {
    let train = labelledFeatures(5200, 300, classes: 5)
    let test = labelledFeatures(5201, 400, classes: 5)
    let normalised = FeatureNormalisation.standardised.fitted(
      to: train.features, dimension: Self.dimension)
    func accuracy(_ tolerance: Double) throws -> Double {
      let fit = try LogisticRegression(c: 0.4, tolerance: tolerance, iterations: 1000)
        .fit(normalised(train.features), train.labels, classes: 5)
      #expect(fit.hasConverged && fit.iterations > 5)
      let predicted = greatestClasses(
        fit.classifier.decisions(normalised(test.features)), classes: 5)
      return try #require(KNN.accuracy(predicted, test.labels))
    }
    #expect(abs(try accuracy(1e-4) - accuracy(1e-9)) <= 0.0025)
  }

  /// Steps that run out are said, and what there is by then is better than the start.
  @Test func tooFewIterationsAreSaid() throws {
    let train = labelledFeatures(5200, 300, classes: 5)
    let fit = try LogisticRegression(c: 1, tolerance: 1e-9, iterations: 3)
      .fit(train.features, train.labels, classes: 5)
    #expect(!fit.hasConverged && fit.iterations == 3 && fit.steepness > 1e-9)
    #expect(fit.value < log(5))
  }

  /// More samples than one block has, of which none is like another: the same classifier as of
  /// one class's samples first, to the last digits.
  @Test func orderAndBlocksDoNotCount() throws {
    let train = labelledFeatures(5200, 2500, classes: 5)
    let order = train.labels.indices.sorted { (train.labels[$0], $0) < (train.labels[$1], $1) }
    let sorted = order.flatMap {
      train.features[$0 * Self.dimension..<($0 + 1) * Self.dimension]
    }
    let ridge = try RidgeClassification(alpha: 1)
    let first = try ridge.fit(train.features, train.labels, classes: 5)
    let second = try ridge.fit(sorted, order.map { train.labels[$0] }, classes: 5)
    for (a, b) in zip(first.weights.values, second.weights.values) { #expect(abs(a - b) < 1e-12) }
  }

  @Test func refusals() throws {
    #expect(message { _ = try RidgeClassification(alpha: 0) } == "alpha: 0.0 is not above 0")
    func logistic(_ c: Double, _ tolerance: Double, _ iterations: Int) -> String? {
      message { _ = try LogisticRegression(c: c, tolerance: tolerance, iterations: iterations) }
    }
    #expect(logistic(-1, 1, 1)?.hasPrefix("c: ") == true)
    #expect(logistic(1, 0, 1)?.hasPrefix("tolerance: ") == true)
    #expect(logistic(1, 1, 0)?.hasPrefix("iterations: ") == true)
    #expect(logistic(1, 1, 1) == nil)
    let ridge = try RidgeClassification(alpha: 1)
    let unfit = message { _ = try ridge.fit([1, .nan, 0, 1], [0, 1], classes: 2) }
    #expect(unfit?.contains("not all finite") == true)
    // Two features that are the same, and a penalty that Float64 cannot tell beside them.
    let small = try RidgeClassification(alpha: 1e-25)
    let same = message {
      _ = try small.fit([100, 100, 200, 200, 300, 300], [0, 1, 0], classes: 2)
    }
    #expect(same?.hasPrefix("alpha: ") == true, "\(same ?? "nothing")")
  }
}
