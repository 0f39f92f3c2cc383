import Foundation
import LinearAlgebra

/// RankMe (Garrido et al., ICML 2023, equation 1): exp(−Σ p log p) with p = σ / Σ σ + 10⁻⁷ over the
/// singular values σ of the features, which are not centred. 1 where they all lie on one line, at
/// most the number of features.
///
/// The singular values are the roots of the second moments' eigenvalues, so what is below 10⁻⁸ of
/// the greatest is not told from zero.
public struct EffectiveRank: Sendable {
  private static let epsilon = 1e-7

  public let value: Double

  /// Of all samples together, where each of these sets counts the same, however many samples it
  /// has. Of one set it is RankMe as it stands.
  public init(_ sets: [FeatureMoments]) {
    let dimension = sets[0].dimension
    var sum = DenseMatrix(rows: dimension, columns: dimension)
    for set in sets {
      let own = set.secondMoment
      for i in sum.values.indices { sum.values[i] += own.values[i] }
    }
    let samples = sets.reduce(0) { $0 + $1.count }
    // So many samples have no more directions; what is left is rounding.
    let eigenvalues = sum.eigenvalues().reversed().prefix(samples)
    let floor = (eigenvalues.first ?? 0) * Double(dimension) * Double.ulpOfOne
    let singular = eigenvalues.map { $0 > floor ? $0.squareRoot() : 0 }
    let total = singular.reduce(0, +)
    // Features that are all zero have no direction.
    guard total > 0 else {
      value = 0
      return
    }
    let entropy = singular.reduce(0.0) {
      let p = $1 / total + Self.epsilon
      return $0 - p * log(p)
    }
    value = exp(entropy)
  }
}
