import LinearAlgebra

/// Linear centred kernel alignment (Kornblith et al., ICML 2019, section 3): how alike two
/// representations of the same samples are, up to rotation and one factor,
/// ‖Yᵀ X‖² / (‖Xᵀ X‖ ‖Yᵀ Y‖) of centred features in Frobenius norms. 0 to 1; 1 where they are the
/// same.
///
/// With fewer samples than features it is high for any two: at least as many samples, better ten
/// times as many, say something.
public enum LinearCKA {
  /// Of features [samples, its dimension] of the same samples in one order.
  /// - Parameters:
  ///   - momentsX: of `x`.
  ///   - momentsY: of `y`.
  ///   - pause: called now and then; what it throws ends the work.
  public static func between(
    _ x: [Float], _ momentsX: FeatureMoments, _ y: [Float], _ momentsY: FeatureMoments,
    pause: () throws -> Void = {}
  ) throws -> Double {
    precondition(momentsX.count == momentsY.count, "CKA of two sets of samples")
    var products = DenseMatrix(rows: momentsX.dimension, columns: momentsY.dimension)
    let others = FeatureBlocks(y, dimension: momentsY.dimension)
    try FeatureBlocks(x, dimension: momentsX.dimension).eachBlock(minus: momentsX.mean) {
      rows, block in
      products.add(
        productOf: block, transposed: true, others.block(rows, minus: momentsY.mean))
      try pause()
    }
    let (own, other) = (squares(momentsX.scatter), squares(momentsY.scatter))
    return squares(products) / (own.squareRoot() * other.squareRoot())
  }

  /// ‖A‖².
  private static func squares(_ a: DenseMatrix) -> Double { a.values.reduce(0) { $0 + $1 * $1 } }
}
