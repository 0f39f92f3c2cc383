import Catalogues
import LinearAlgebra

/// Linear discriminant analysis in closed form, with equal priors: Gaussians of one covariance,
/// which is the mean of the classes' own, each shrunk by the share γ towards a multiple of the
/// identity, (1 − γ) C + γ tr(C) / d · I (scikit-learn's `LinearDiscriminantAnalysis` with
/// `solver="lsqr"`, `shrinkage` and equal `priors`). Neither a rotation nor another scale of the
/// features changes what it says, and a class counts the same however many samples it has.
public struct DiscriminantAnalysis: Sendable {
  private let shrinkage: Double

  /// - Parameter shrinkage: γ, above 0, at most 1.
  public init(shrinkage: Double) throws {
    try ConfigurationError.share("shrinkage", shrinkage, isSome: true)
    self.shrinkage = shrinkage
  }

  /// - Parameter classes: of each, its samples' moments.
  public func fit(_ classes: [FeatureMoments]) throws -> LinearClassifier {
    let dimension = classes[0].dimension
    let count = Double(classes.count)
    var covariance = DenseMatrix(rows: dimension, columns: dimension)
    var centre = [Double](repeating: 0, count: dimension)
    for one in classes {
      let factor = (1 - shrinkage) / (Double(one.count) * count)
      for i in covariance.values.indices { covariance.values[i] += factor * one.scatter.values[i] }
      let added = shrinkage * one.spread / (Double(dimension) * count)
      for i in 0..<dimension {
        covariance[i, i] += added
        centre[i] += one.mean[i] / count
      }
    }
    // Against the centre: only differences count, and these keep their digits.
    var means = DenseMatrix(rows: dimension, columns: classes.count)
    for i in 0..<dimension {
      for (c, one) in classes.enumerated() { means[i, c] = one.mean[i] - centre[i] }
    }
    let weights: DenseMatrix
    do { weights = try covariance.solved(means) } catch {
      throw ConfigurationError(
        "shrinkage",
        "\(shrinkage) is too small beside features that depend on one another; give more"
      )
    }
    let intercepts = classes.indices.map { c in
      (0..<dimension).reduce(0.0) { $0 - weights[$1, c] * (means[$1, c] / 2 + centre[$1]) }
    }
    return LinearClassifier(weights: weights, intercepts: intercepts)
  }
}
