import Catalogues
import Foundation
import LinearAlgebra

/// Multinomial logistic regression (scikit-learn's `LogisticRegression`): the least of the mean
/// cross-entropy of n samples plus ‖W‖² / (2 C n), by `LBFGS` from zero in Float64. Intercepts have
/// no penalty. Of two classes scikit-learn fits the difference of both weights alone, whose penalty
/// is twice that of the two, and so it is here.
public struct LogisticRegression: Sendable {
  public struct Fit: Sendable {
    public let classifier: LinearClassifier
    public let iterations: Int
    /// Whether it came to an end before the iterations did.
    public let hasConverged: Bool
    /// The objective, and the greatest magnitude of its gradient, at the end.
    public let value: Double
    public let steepness: Double
  }

  private let c: Double
  private let search: LBFGS

  /// - Parameters:
  ///   - c: C, above 0: the more, the weaker the penalty.
  ///   - tolerance: the gradient's greatest magnitude at the end.
  ///   - iterations: the most steps.
  public init(c: Double, tolerance: Double, iterations: Int) throws {
    try ConfigurationError.positive("c", c)
    try ConfigurationError.positive("tolerance", tolerance)
    try ConfigurationError.check("iterations", iterations, in: 1...1_000_000)
    self.c = c
    search = LBFGS(iterations: iterations, tolerance: tolerance)
  }

  /// - Parameters:
  ///   - features: [labels.count, dimension].
  ///   - pause: called now and then; what it throws ends the work.
  ///   - each: called after each step with their number.
  public func fit(
    _ features: [Float], _ labels: [Int32], classes: Int, pause: () throws -> Void = {},
    each: (_ iteration: Int) throws -> Void = { _ in }
  ) throws -> Fit {
    try FeaturesNotFiniteError.check(features)
    let dimension = features.count / labels.count
    let blocks = FeatureBlocks(features, dimension: dimension)
    let count = Double(labels.count)
    let penalty = (classes == 2 ? 2 : 1) / (c * count)
    let weightCount = dimension * classes
    // Weights [dimension, classes], then intercepts.
    let start = [Double](repeating: 0, count: weightCount + classes)
    let outcome = try search.minimise(
      from: start,
      { x in
        let weights = DenseMatrix(rows: dimension, columns: classes, Array(x[..<weightCount]))
        var sum = 0.0
        var slopes = DenseMatrix(rows: dimension, columns: classes)
        var interceptSlopes = [Double](repeating: 0, count: classes)
        try blocks.eachBlock { rows, block in
          var logits = DenseMatrix(rows: rows.count, columns: classes)
          logits.add(productOf: block, weights)
          for i in logits.values.indices { logits.values[i] += x[weightCount + i % classes] }
          sum += Self.turnIntoSlopes(&logits, labels[rows])
          for i in logits.values.indices { interceptSlopes[i % classes] += logits.values[i] }
          slopes.add(productOf: block, transposed: true, logits)
          try pause()
        }
        var gradient = slopes.values + interceptSlopes
        for i in gradient.indices { gradient[i] /= count }
        var squares = 0.0
        for i in 0..<weightCount {
          gradient[i] += penalty * x[i]
          squares += x[i] * x[i]
        }
        return (sum / count + 0.5 * penalty * squares, gradient)
      }, each: each)
    let x = outcome.point.x
    return Fit(
      classifier: LinearClassifier(
        weights: DenseMatrix(rows: dimension, columns: classes, Array(x[..<weightCount])),
        intercepts: Array(x[weightCount...])),
      iterations: outcome.iterations, hasConverged: outcome.hasConverged,
      value: outcome.point.value, steepness: outcome.point.steepness)
  }

  /// The sum of the rows' cross-entropies; logits become its gradient.
  private static func turnIntoSlopes(
    _ logits: inout DenseMatrix, _ labels: ArraySlice<Int32>
  ) -> Double {
    var sum = 0.0
    for (row, label) in labels.enumerated() {
      let place = row * logits.columns..<(row + 1) * logits.columns
      var greatest = -Double.infinity
      for i in place { greatest = max(greatest, logits.values[i]) }
      let own = place.lowerBound + Int(label)
      let ownLogit = logits.values[own] - greatest
      var total = 0.0
      for i in place {
        logits.values[i] = exp(logits.values[i] - greatest)
        total += logits.values[i]
      }
      for i in place { logits.values[i] /= total }
      logits.values[own] -= 1
      sum += log(total) - ownLogit
    }
    return sum
  }
}
