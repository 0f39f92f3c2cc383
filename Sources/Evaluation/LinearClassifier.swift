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

/// Features that no classifier can be fitted to.
public struct FeaturesNotFiniteError: Error, CustomStringConvertible {
  public let description =
    "the training samples' features are not all finite numbers; the model has diverged"

  static func check(_ features: [Float]) throws {
    guard features.allSatisfy(\.isFinite) else { throw FeaturesNotFiniteError() }
  }
}

/// Features [samples, dimension] in Float64, some rows at a time, so that they need not be there
/// twice.
struct FeatureBlocks {
  private static let size = 1024

  private let features: [Float]
  private let dimension: Int

  init(_ features: [Float], dimension: Int) {
    self.features = features
    self.dimension = dimension
  }

  /// The blocks in their order.
  /// - Parameter means: taken from each row, where there are some.
  func eachBlock(
    minus means: [Double]? = nil, _ body: (_ rows: Range<Int>, _ block: DenseMatrix) throws -> Void
  ) rethrows {
    let count = features.count / dimension
    var block = DenseMatrix(rows: 0, columns: dimension)
    for first in stride(from: 0, to: count, by: Self.size) {
      let rows = first..<min(first + Self.size, count)
      if block.rows != rows.count { block = DenseMatrix(rows: rows.count, columns: dimension) }
      let start = first * dimension
      for i in block.values.indices { block.values[i] = Double(features[start + i]) }
      if let means {
        for i in block.values.indices { block.values[i] -= means[i % dimension] }
      }
      try body(rows, block)
    }
  }
}
