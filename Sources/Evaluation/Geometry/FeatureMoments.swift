import LinearAlgebra

/// What the features of samples add up to, in Float64: their mean and their scatter, from which
/// covariance and second moments follow.
public struct FeatureMoments: Sendable {
  /// Samples.
  public let count: Int
  /// [dimension].
  public let mean: [Double]
  /// Σ (x − mean) (x − mean)ᵀ, [dimension, dimension].
  public let scatter: DenseMatrix

  public var dimension: Int { mean.count }

  /// - Parameters:
  ///   - features: [samples, dimension], of one sample at least.
  ///   - pause: called now and then; what it throws ends the work.
  ///
  /// Throws where a feature is not finite.
  public init(
    _ features: [Float], dimension: Int, pause: () throws -> Void = {}
  ) throws {
    try FeaturesNotFiniteError.check(features)
    count = features.count / dimension
    precondition(count > 0, "moments of no features")
    let blocks = FeatureBlocks(features, dimension: dimension)
    let mean = blocks.mean()
    var scatter = DenseMatrix(rows: dimension, columns: dimension)
    try blocks.eachBlock(minus: mean) { _, block in
      scatter.add(gramOf: block)
      try pause()
    }
    self.mean = mean
    self.scatter = scatter
  }

  /// The samples' squared distance from their mean, on average: the covariance's trace.
  public var spread: Double {
    (0..<dimension).reduce(0) { $0 + scatter[$1, $1] } / Double(count)
  }

  /// The distance of two sets' means in units of the samples' distance from their own, the root of
  /// both spreads' mean.
  public func relativeGap(to other: FeatureMoments) -> Double {
    let gap = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (gap / ((spread + other.spread) / 2)).squareRoot()
  }

  /// The mean of (x − mean) (x − mean)ᵀ.
  public var covariance: DenseMatrix { scaledScatter { _, _ in 0 } }

  /// The mean of x xᵀ.
  public var secondMoment: DenseMatrix { scaledScatter { mean[$0] * mean[$1] } }

  private func scaledScatter(plus other: (_ row: Int, _ column: Int) -> Double) -> DenseMatrix {
    var result = scatter
    for row in 0..<dimension {
      for column in 0..<dimension {
        result[row, column] = scatter[row, column] / Double(count) + other(row, column)
      }
    }
    return result
  }
}

/// Features that are the same for all samples: there is no direction in which they differ.
public struct FeaturesAlikeError: Error, CustomStringConvertible {
  /// Of what samples.
  public let name: String

  public var description: String {
    "the features of \(name) are the same for all samples; the model has collapsed, and there is "
      + "no geometry"
  }

  /// Throws where features do not differ beyond their Float32's rounding.
  /// - Parameter moments: of the samples that are called `name`.
  public static func check(_ moments: FeatureMoments, _ name: String) throws {
    let length = moments.mean.reduce(0) { $0 + $1 * $1 }
    guard moments.spread > 1e-14 * length else { throw FeaturesAlikeError(name: name) }
  }
}
