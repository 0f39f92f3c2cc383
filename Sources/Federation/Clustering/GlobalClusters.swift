import Foundation
import Layers
import Tensors

/// The server's clusters of all clients' centroids, by gradient steps (Orchestra's
/// `global_clustering`): the softmax over cosines with centroids is to point as `Sinkhorn`'s
/// assignments do. With a those assignments and p the softmax, a step descends −mean cos(a, p) by
/// SGD with momentum and weight decay; then each centroid is scaled to length 1.
struct GlobalClusters {
  /// The authors'.
  private static let (rate, momentum, decay) = (0.01, 0.9, 1e-4)
  let temperature: Double
  let steps: Int

  /// - Parameters:
  ///   - rows: [count, columns], of length 1.
  ///   - centroids: [clusters, columns]; changed in place.
  func move(_ centroids: Matrix, toward rows: Matrix, _ engine: Engine) {
    let (count, clusters, columns) = (rows.rows, centroids.rows, centroids.columns)
    let velocity = Matrix.zeros(engine.pool, rows: clusters, columns: columns)
    let cosines = Matrix(engine.pool, rows: count, columns: clusters)
    let gradient = Matrix(engine.pool, rows: clusters, columns: columns)
    for _ in 0..<steps {
      engine.product(
        rows: count, columns: clusters, inner: columns, rows.pointer, centroids.pointer,
        bTransposed: true, into: cosines.pointer)
      let wanted = Sinkhorn.assignments(
        UnsafeBufferPointer(cosines.floats), clusters: clusters)
      for row in 0..<count {
        slope(
          cosines[row..<row + 1].floats, wanted[row * clusters..<(row + 1) * clusters],
          share: 1 / Double(count))
      }
      engine.product(
        rows: clusters, columns: columns, inner: count, cosines.pointer, aTransposed: true,
        rows.pointer, into: gradient.pointer)
      for cluster in 0..<clusters {
        var square = 0.0
        for i in cluster * columns..<(cluster + 1) * columns {
          let slope = Double(gradient.pointer[i]) + Self.decay * Double(centroids.pointer[i])
          let speed = Self.momentum * Double(velocity.pointer[i]) + slope
          velocity.pointer[i] = Float(speed)
          let value = Double(centroids.pointer[i]) - Self.rate * speed
          centroids.pointer[i] = Float(value)
          square += value * value
        }
        let length = max(square.squareRoot(), 1e-12)
        for i in cluster * columns..<(cluster + 1) * columns {
          centroids.pointer[i] = Float(Double(centroids.pointer[i]) / length)
        }
      }
    }
  }

  /// A row's cosines become the gradient of −share · cos(wanted, softmax(cosines / T)).
  private func slope(
    _ cosines: UnsafeMutableBufferPointer<Float>, _ wanted: ArraySlice<Double>, share: Double
  ) {
    let greatest = cosines.reduce(-Double.infinity) { max($0, Double($1) / temperature) }
    var shares = cosines.map { exp(Double($0) / temperature - greatest) }
    let sum = shares.reduce(0, +)
    var (product, ownSquare, square) = (0.0, 0.0, 0.0)
    for (i, target) in zip(shares.indices, wanted) {
      shares[i] /= sum
      product += shares[i] * target
      ownSquare += shares[i] * shares[i]
      square += target * target
    }
    let lengths = max((ownSquare * square).squareRoot(), 1e-12)
    let cosine = product / lengths
    var slopes = shares
    var mean = 0.0
    for (i, target) in zip(shares.indices, wanted) {
      slopes[i] = -share * (target / lengths - cosine * shares[i] / ownSquare)
      mean += shares[i] * slopes[i]
    }
    for i in shares.indices {
      cosines[i] = Float(shares[i] * (slopes[i] - mean) / temperature)
    }
  }
}
