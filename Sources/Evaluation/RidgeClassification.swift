import Catalogues
import LinearAlgebra

/// Least squares with a penalty, of targets 1 for a sample's class and −1 for all others
/// (scikit-learn's `RidgeClassifier`): for centred features X and targets Y the weights are
/// (Xᵀ X + α I)⁻¹ Xᵀ Y, and the intercepts, which have no penalty, bring back the means.
public struct RidgeClassification: Sendable {
  private let alpha: Double

  /// - Parameter alpha: α, above 0.
  public init(alpha: Double) throws {
    try ConfigurationError.positive("alpha", alpha)
    self.alpha = alpha
  }

  /// - Parameters:
  ///   - features: [labels.count, dimension].
  ///   - pause: called now and then; what it throws ends the work.
  public func fit(
    _ features: [Float], _ labels: [Int32], classes: Int, pause: () throws -> Void = {}
  ) throws -> LinearClassifier {
    try FeaturesNotFiniteError.check(features)
    let dimension = features.count / labels.count
    let blocks = FeatureBlocks(features, dimension: dimension)
    let means = blocks.mean()
    let targetMeans = (0..<classes).map { c in
      2 * Double(labels.count { $0 == Int32(c) }) / Double(labels.count) - 1
    }
    var gram = DenseMatrix(rows: dimension, columns: dimension)
    var products = DenseMatrix(rows: dimension, columns: classes)
    try blocks.eachBlock(minus: means) { rows, block in
      var targets = DenseMatrix(rows: rows.count, columns: classes)
      for (row, sample) in rows.enumerated() {
        for c in 0..<classes {
          targets[row, c] = (labels[sample] == Int32(c) ? 1 : -1) - targetMeans[c]
        }
      }
      gram.add(gramOf: block)
      products.add(productOf: block, transposed: true, targets)
      try pause()
    }
    for i in 0..<dimension { gram[i, i] += alpha }
    let weights: DenseMatrix
    do { weights = try gram.solved(products) } catch {
      throw ConfigurationError(
        "alpha", "\(alpha) is too small beside features that depend on one another; give more")
    }
    let intercepts = (0..<classes).map { c in
      (0..<dimension).reduce(targetMeans[c]) { $0 - means[$1] * weights[$1, c] }
    }
    return LinearClassifier(weights: weights, intercepts: intercepts)
  }
}
