import COpenBLAS
import Foundation

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

  // A block of similarities is 256 × 4096 floats, 4 MiB, whatever the sizes of bank and queries.
  private static let queryBlock = 256
  private static let bankBlock = 4096

  /// The predicted class of each query.
  ///
  /// - Parameter bank: [labels.count, dimension], rows contiguous.
  /// - Parameter labels: classes of the bank's rows, in 0..<classes.
  /// - Parameter queries: [n, dimension], rows contiguous.
  /// - Returns: n classes. A query whose similarities are not numbers gets class 0.
  public func predict(
    bank: UnsafeBufferPointer<Float>, labels: [Int32], queries: UnsafeBufferPointer<Float>,
    dimension: Int, classes: Int
  ) -> [Int32] {
    precondition(dimension > 0 && !labels.isEmpty, "an empty bank of dimension \(dimension)")
    precondition(
      bank.count == labels.count * dimension && queries.count % dimension == 0,
      "\(bank.count) and \(queries.count) values for \(labels.count) rows of \(dimension)")
    precondition(
      labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is not in 0..<\(classes)")
    let bankScales = inverseNorms(bank, dimension)
    let queryScales = inverseNorms(queries, dimension)
    var predicted = [Int32](repeating: 0, count: queryScales.count)
    var products = [Float](repeating: 0, count: Self.queryBlock * Self.bankBlock)
    var nearest = (0..<min(Self.queryBlock, queryScales.count)).map { _ in
      Nearest(k: min(k, labels.count))
    }
    for query in stride(from: 0, to: queryScales.count, by: Self.queryBlock) {
      let rows = min(Self.queryBlock, queryScales.count - query)
      for row in 0..<rows { nearest[row].clear() }
      for sample in stride(from: 0, to: labels.count, by: Self.bankBlock) {
        let columns = min(Self.bankBlock, labels.count - sample)
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns),
          blasint(dimension), 1, queries.baseAddress! + query * dimension, blasint(dimension),
          bank.baseAddress! + sample * dimension, blasint(dimension), 0, &products,
          blasint(Self.bankBlock))
        products.withUnsafeBufferPointer { products in
          bankScales.withUnsafeBufferPointer { scales in
            for row in 0..<rows {
              nearest[row].add(
                products.baseAddress! + row * Self.bankBlock, scales.baseAddress! + sample,
                queryScales[query + row], count: columns, first: sample)
            }
          }
        }
      }
      for row in 0..<rows {
        predicted[query + row] = vote(nearest[row].sorted(), labels, classes)
      }
    }
    return predicted
  }

  /// The same for arrays.
  public func predict(
    bank: [Float], labels: [Int32], queries: [Float], dimension: Int, classes: Int
  ) -> [Int32] {
    bank.withUnsafeBufferPointer { bank in
      queries.withUnsafeBufferPointer { queries in
        predict(
          bank: bank, labels: labels, queries: queries, dimension: dimension, classes: classes)
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
  private func inverseNorms(_ rows: UnsafeBufferPointer<Float>, _ dimension: Int) -> [Float] {
    (0..<rows.count / dimension).map { row in
      var sum = 0.0
      for i in row * dimension..<(row + 1) * dimension {
        sum += Double(rows[i]) * Double(rows[i])
      }
      return sum == 0 ? 0 : Float(1 / sum.squareRoot())
    }
  }
}
