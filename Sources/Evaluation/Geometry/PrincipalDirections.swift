import Foundation
import LinearAlgebra

/// The directions in which features vary most: eigenvectors of their covariance.
public struct PrincipalDirections: Sendable {
  /// A direction with less than this share of the greatest variance is Float32's rounding.
  private static let smallest = 1e-12

  /// The covariance's eigenvalues, the greatest first, [dimension].
  public let variances: [Double]
  /// The first of them, a row each, of length 1.
  public let vectors: DenseMatrix

  /// - Parameter most: how many directions; fewer where the features vary in fewer.
  public init(_ moments: FeatureMoments, most: Int) {
    let (values, vectors) = moments.covariance.eigenvectors()
    let variances = values.reversed().map { max($0, 0) }
    let floor = variances[0] * Self.smallest
    let count = min(most, moments.count - 1, variances.count { $0 > floor })
    let dimension = moments.dimension
    self.variances = variances
    self.vectors = DenseMatrix(
      rows: count, columns: dimension,
      (0..<count).flatMap { index in
        (0..<dimension).map { vectors[dimension - 1 - index, $0] }
      })
  }

  /// The principal angles between the subspaces of two sets of directions, in degrees from 0 to 90,
  /// the least first (Björck and Golub, 1973): their cosines are the singular values of U Vᵀ. As
  /// many as the smaller subspace has directions.
  public func angles(to other: PrincipalDirections) -> [Double] {
    var products = DenseMatrix(rows: vectors.rows, columns: other.vectors.rows)
    products.add(productOf: vectors, transposed: false, other.vectors, transposed: true)
    return products.singularValues().map { acos(min($0, 1)) * 180 / .pi }
  }
}
