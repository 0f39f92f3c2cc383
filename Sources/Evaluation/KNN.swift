import Catalogues
import Foundation
import Layers
import Tensors

/// Classification by the k nearest neighbours, weighted by similarity (Wu et al., CVPR 2018,
/// "instance discrimination"; the monitor of self-supervised training, as lightly's `knn_predict`).
///
/// Similarity s is the cosine; each of the k most similar samples of the bank votes for its class
/// with weight exp(s / temperature). Equal sums: the lowest class. Equal similarities at the k-th
/// place: the first in the bank. A feature vector of zeros has similarity 0 with everything.
public struct KNN: Sendable {
  /// Neighbours; all of the bank where it is smaller.
  public let k: Int
  public let temperature: Double

  public init(k: Int = 200, temperature: Double = 0.1) {
    precondition(k > 0 && temperature > 0, "k \(k), temperature \(temperature)")
    self.k = k
    self.temperature = temperature
  }

  /// Throws where an option cannot be.
  public static func check(k: Int, temperature: Double) throws(ConfigurationError) {
    try ConfigurationError.check("k", k, in: 1...1_000_000)
    try ConfigurationError.require(
      temperature >= 1e-3 && temperature.isFinite, "temperature", "\(temperature) is below 0.001")
  }

  // Blocks of the bank are packed once for many queries, and multiplied with as many as leave their
  // similarities in the second-level cache. None of it changes the result.
  private static let queriesAPack = 2048
  private static let bankBlock = 1024
  private static let queryBlock = 132

  /// The predicted class of each query. Does not depend on processor or threads.
  ///
  /// - Parameter bank: [labels.count, dimension], rows contiguous.
  /// - Parameter labels: classes of the bank's rows, in 0..<classes.
  /// - Parameter queries: [n, dimension], rows contiguous.
  /// - Returns: n classes. A query whose similarities are not numbers gets class 0.
  public func predict(
    bank: UnsafeBufferPointer<Float>, labels: [Int32], queries: UnsafeBufferPointer<Float>,
    dimension: Int, classes: Int, _ engine: Engine
  ) -> [Int32] {
    predict(
      bank: bank, scales: inverseNorms(bank, dimension), labels: labels, queries: queries,
      dimension: dimension, classes: classes, engine)
  }

  /// The same, where the bank's inverse norms are known.
  func predict(
    bank: UnsafeBufferPointer<Float>, scales: [Float], labels: [Int32],
    queries: UnsafeBufferPointer<Float>, dimension: Int, classes: Int, _ engine: Engine
  ) -> [Int32] {
    precondition(dimension > 0 && !labels.isEmpty, "an empty bank of dimension \(dimension)")
    precondition(
      bank.count == labels.count * dimension && queries.count % dimension == 0,
      "\(bank.count) and \(queries.count) values for \(labels.count) rows of \(dimension)")
    precondition(
      labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is not in 0..<\(classes)")
    let count = queries.count / dimension
    return [Int32](unsafeUninitializedCapacity: count) { predicted, initialised in
      let predicted = UnsafeMutableBufferPointer(rebasing: predicted[0..<count])
      engine.parallel(count) { part, own in
        var nearest = (0..<min(Self.queriesAPack, part.count)).map { _ in
          Nearest(k: min(k, labels.count))
        }
        for first in stride(from: part.lowerBound, to: part.upperBound, by: Self.queriesAPack) {
          let range = first..<min(first + Self.queriesAPack, part.upperBound)
          findNearest(
            to: UnsafeBufferPointer(
              rebasing: queries[range.lowerBound * dimension..<range.upperBound * dimension]),
            in: bank, scales, dimension, &nearest, own)
          for query in range {
            predicted[query] = vote(nearest[query - first].sorted(), labels, classes)
          }
        }
      }
      initialised = count
    }
  }

  /// The same for arrays.
  public func predict(
    bank: [Float], labels: [Int32], queries: [Float], dimension: Int, classes: Int,
    _ engine: Engine
  ) -> [Int32] {
    bank.withUnsafeBufferPointer { bank in
      queries.withUnsafeBufferPointer { queries in
        predict(
          bank: bank, labels: labels, queries: queries, dimension: dimension, classes: classes,
          engine)
      }
    }
  }

  /// The bank's nearest samples to each of some queries.
  private func findNearest(
    to queries: UnsafeBufferPointer<Float>, in bank: UnsafeBufferPointer<Float>, _ scales: [Float],
    _ dimension: Int, _ nearest: inout [Nearest], _ engine: Engine
  ) {
    let kernels = engine.kernels
    let count = queries.count / dimension
    let queryScales = inverseNorms(queries, dimension)
    let rows = engine.pool.take(Self.bankBlock * dimension)
    let panels = engine.pool.take(kernels.packed_size(Self.bankBlock, dimension))
    let products = engine.pool.take(Self.queryBlock * Self.bankBlock)
    for query in 0..<count { nearest[query].clear() }
    for sample in stride(from: 0, to: scales.count, by: Self.bankBlock) {
      let columns = min(Self.bankBlock, scales.count - sample)
      for row in 0..<columns {
        let source = bank.baseAddress! + (sample + row) * dimension
        let target = rows.pointer + row * dimension
        let scale = scales[sample + row]
        for i in 0..<dimension { target[i] = source[i] * scale }
      }
      kernels.pack(dimension, columns, rows.pointer, dimension, 1, panels.pointer)
      // Whole panels, whose last columns may be zeros.
      let padded = kernels.packed_size(columns, dimension) / dimension
      for query in stride(from: 0, to: count, by: Self.queryBlock) {
        let block = min(Self.queryBlock, count - query)
        kernels.product_packed(
          block, padded, dimension, queries.baseAddress! + query * dimension, dimension,
          panels.pointer, nil, 0, products.pointer, Self.bankBlock)
        for row in 0..<block {
          nearest[query + row].add(
            products.pointer + row * Self.bankBlock, queryScales[query + row], count: columns,
            first: sample, kernels)
        }
      }
    }
  }

  /// The share of predictions that are right; nil of none.
  public static func accuracy(_ predicted: [Int32], _ labels: [Int32]) -> Double? {
    precondition(predicted.count == labels.count, "\(predicted.count) and \(labels.count) labels")
    guard !labels.isEmpty else { return nil }
    return Double(zip(predicted, labels).count { $0 == $1 }) / Double(labels.count)
  }

  /// Neighbours come nearest first, so classes with equal similarities have equal sums.
  private func vote(_ neighbours: ArraySlice<Neighbour>, _ labels: [Int32], _ classes: Int) -> Int32
  {
    var votes = [Double](repeating: 0, count: classes)
    guard let best = neighbours.first?.similarity else { return 0 }
    for neighbour in neighbours {
      // The best one's weight is taken out: no temperature overflows, and no order changes.
      votes[Int(labels[neighbour.index])] +=
        exp(Double(neighbour.similarity - best) / temperature)
    }
    var winner = 0
    for candidate in 1..<max(classes, 1) where votes[candidate] > votes[winner] {
      winner = candidate
    }
    return Int32(winner)
  }

  /// 1/‖row‖, and 0 for a row of zeros.
  func inverseNorms(_ rows: UnsafeBufferPointer<Float>, _ dimension: Int) -> [Float] {
    (0..<rows.count / dimension).map { row in
      var sum = 0.0
      for i in row * dimension..<(row + 1) * dimension {
        sum += Double(rows[i]) * Double(rows[i])
      }
      return sum == 0 ? 0 : Float(1 / sum.squareRoot())
    }
  }
}
