import LinearAlgebra

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

  private var count: Int { features.count / dimension }

  /// The blocks in their order.
  /// - Parameter means: taken from each row, where there are some.
  func eachBlock(
    minus means: [Double]? = nil, _ body: (_ rows: Range<Int>, _ block: DenseMatrix) throws -> Void
  ) rethrows {
    for first in stride(from: 0, to: count, by: Self.size) {
      let rows = first..<min(first + Self.size, count)
      try body(rows, block(rows, minus: means))
    }
  }

  /// Some rows.
  /// - Parameter means: taken from each row, where there are some.
  func block(_ rows: Range<Int>, minus means: [Double]? = nil) -> DenseMatrix {
    let start = rows.lowerBound * dimension
    var values = features[start..<rows.upperBound * dimension].map { Double($0) }
    if let means {
      for i in values.indices { values[i] -= means[i % dimension] }
    }
    return DenseMatrix(rows: rows.count, columns: dimension, values)
  }

  /// The mean of each feature.
  func mean() -> [Double] {
    var means = [Double](repeating: 0, count: dimension)
    for (i, value) in features.enumerated() { means[i % dimension] += Double(value) }
    for column in means.indices { means[column] /= Double(count) }
    return means
  }
}
