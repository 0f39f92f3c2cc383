import LinearAlgebra

/// A linear layer that was fitted to features at once, in Float64.
public struct LinearClassifier: Sendable {
  /// [dimension, classes].
  public let weights: DenseMatrix
  /// By class.
  public let intercepts: [Double]

  /// Values [samples, classes] of features [samples, dimension]; the greatest is the class's.
  public func decisions(_ features: [Float]) -> [Float] {
    var values: [Float] = []
    let classes = intercepts.count
    FeatureBlocks(features, dimension: weights.rows).eachBlock { _, block in
      var products = DenseMatrix(rows: block.rows, columns: classes)
      products.add(productOf: block, weights)
      values += products.values.enumerated().map { Float($1 + intercepts[$0 % classes]) }
    }
    return values
  }
}

/// Features that nothing can be computed of.
public struct FeaturesNotFiniteError: Error, CustomStringConvertible {
  public let description =
    "the samples' features are not all finite numbers; the model has diverged"

  static func check(_ features: [Float]) throws {
    guard features.allSatisfy(\.isFinite) else { throw FeaturesNotFiniteError() }
  }
}
