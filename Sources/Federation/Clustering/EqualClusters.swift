import Foundation

/// A client's clusters: k-means over directions, whose assignments `Sinkhorn` makes of equal size
/// (Orchestra's `local_clustering`).
enum EqualClusters {
  private static let rounds = 5
  private static let scalingSteps = 10

  /// Centroids of length 1; no more than there are rows.
  ///
  /// They begin as rows at equal distances, where the authors draw them: a memory's order is random
  /// anyhow. A cluster that is empty becomes the row that it began with.
  static func centroids(of rows: [[Float]], clusters: Int) -> [[Float]] {
    let clusters = min(clusters, rows.count)
    let first = (0..<clusters).map { rows[$0 * rows.count / clusters] }
    var centroids = first
    for _ in 0..<rounds {
      let cosines = rows.flatMap { row in centroids.map { Float(product(row, $0)) } }
      let shares = cosines.withUnsafeBufferPointer {
        Sinkhorn.assignments($0, clusters: clusters, steps: scalingSteps)
      }
      var sums = [[Double]](
        repeating: [Double](repeating: 0, count: rows[0].count), count: clusters)
      var counts = [Int](repeating: 0, count: clusters)
      for (index, row) in rows.enumerated() {
        let own = shares[index * clusters..<(index + 1) * clusters]
        let best = own.indices.reduce(own.startIndex) { own[$1] > own[$0] ? $1 : $0 }
        let cluster = best - own.startIndex
        counts[cluster] += 1
        for i in row.indices { sums[cluster][i] += Double(row[i]) }
      }
      for cluster in 0..<clusters {
        centroids[cluster] =
          counts[cluster] == 0 ? first[cluster] : direction(sums[cluster])
      }
    }
    return centroids
  }

  private static func product(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  private static func direction(_ sum: [Double]) -> [Float] {
    let length = max(sum.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
    return sum.map { Float($0 / length) }
  }
}
