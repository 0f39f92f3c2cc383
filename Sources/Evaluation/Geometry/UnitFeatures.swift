import Foundation
import LinearAlgebra

/// Features on the unit sphere: each sample's have a length of 1; zeros stay zeros.
public struct UnitFeatures: Sendable {
  /// Rows of a block: bounds the memory, not the result.
  private static let size = 512
  /// t of the uniformity.
  private static let sharpness = 2.0

  public let count: Int
  private let features: [Float]
  private let dimension: Int
  /// By sample, what brings it to a length of 1.
  private let scales: [Double]

  /// - Parameter features: [samples, dimension].
  public init(_ features: [Float], dimension: Int) {
    self.features = features
    self.dimension = dimension
    count = features.count / dimension
    scales = (0..<count).map { sample in
      let row = features[sample * dimension..<(sample + 1) * dimension]
      let length = row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      return length > 0 ? 1 / length : 0
    }
  }

  /// [dimension].
  public var mean: [Double] {
    var sums = [Double](repeating: 0, count: dimension)
    for sample in 0..<count {
      for i in 0..<dimension {
        sums[i] += Double(features[sample * dimension + i]) * scales[sample]
      }
    }
    return sums.map { $0 / Double(count) }
  }

  /// The distance of the means of two modalities (the modality gap of Liang et al., NeurIPS 2022):
  /// 0 to 2.
  public func gap(to other: UnitFeatures) -> Double {
    zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// ‖x − y‖² of each sample and its other view, which has the same place among the others. Their
  /// mean is the alignment of Wang and Isola (ICML 2020), with α = 2.
  public func squaredDistances(to other: UnitFeatures) -> [Double] {
    precondition(count == other.count && dimension == other.dimension)
    return (0..<count).map { sample in
      (0..<dimension).reduce(0) {
        let place = sample * dimension + $1
        let difference =
          Double(features[place]) * scales[sample]
          - Double(other.features[place]) * other.scales[sample]
        return $0 + difference * difference
      }
    }
  }

  /// log of the mean of exp(−2 ‖x − y‖²) over all pairs of two samples (the uniformity of Wang and
  /// Isola, ICML 2020, with t = 2): 0 where all are in one place, and the less, the more evenly
  /// they fill the sphere; −4 is the limit of many dimensions.
  /// - Parameter pause: called now and then; what it throws ends the work.
  public func uniformity(pause: () throws -> Void = {}) throws -> Double {
    var sum = 0.0
    for (index, rows) in parts.enumerated() {
      let block = block(rows)
      for others in parts[index...] {
        sum += affinities(rows, block, self, others, pairsOnce: rows == others)
        try pause()
      }
    }
    return log(sum / (Double(count) * Double(count - 1) / 2))
  }

  /// The same over all pairs of one sample here and one there: how far two modalities are from
  /// lying in one place.
  public func uniformity(
    with other: UnitFeatures, pause: () throws -> Void = {}
  ) throws -> Double {
    var sum = 0.0
    for rows in parts {
      let block = block(rows)
      for others in other.parts {
        sum += affinities(rows, block, other, others, pairsOnce: false)
        try pause()
      }
    }
    return log(sum / (Double(count) * Double(other.count)))
  }

  private var parts: [Range<Int>] { (0..<count).pieces(of: Self.size) }

  /// Some of the samples, in Float64.
  private func block(_ rows: Range<Int>) -> DenseMatrix {
    var values: [Double] = []
    values.reserveCapacity(rows.count * dimension)
    for sample in rows {
      for place in sample * dimension..<(sample + 1) * dimension {
        values.append(Double(features[place]) * scales[sample])
      }
    }
    return DenseMatrix(rows: rows.count, columns: dimension, values)
  }

  /// The sum of exp(−2 ‖x − y‖²) over rows of two blocks.
  /// - Parameter pairsOnce: of one block with itself, each pair once, and none of a sample with
  ///   itself.
  private func affinities(
    _ rows: Range<Int>, _ block: DenseMatrix, _ other: UnitFeatures, _ others: Range<Int>,
    pairsOnce: Bool
  ) -> Double {
    var products = DenseMatrix(rows: rows.count, columns: others.count)
    products.add(productOf: block, transposed: false, other.block(others), transposed: true)
    let values = products.values
    var sum = 0.0
    for row in 0..<rows.count {
      let length = scales[rows.lowerBound + row] > 0 ? 1.0 : 0
      for column in (pairsOnce ? row + 1 : 0)..<others.count {
        let lengths = length + (other.scales[others.lowerBound + column] > 0 ? 1 : 0)
        sum += exp(-Self.sharpness * (lengths - 2 * values[row * others.count + column]))
      }
    }
    return sum
  }
}
