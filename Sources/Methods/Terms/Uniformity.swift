import Catalogues
import Foundation
import Layers
import Tensors

/// FedU²'s flexible uniform regulariser (Liao et al., CVPR 2024, arXiv 2403.16398), as its code has
/// it: projections of each view, l2-normalised, are to lie as random points of the sphere do.
///
/// Both are seen from as many random points as the batch has samples, in the tangent space there:
/// with log_q(z) = θ / sin θ · (z − cos θ · q), cos θ = z·q, the term is the sum over the views and
/// points of the sliced squared Wasserstein distance along 6 normal directions, over 6, times its
/// weight. So it grows with the batch, and the authors' 0.01 is for batches of 128. All random
/// numbers are the client's, and new in each step.
public struct Uniformity: PlugIn, LossTerm {
  public struct Options: Codable, Sendable {
    /// The authors' 0.01.
    public var weight = 0.01
    /// What is to be uniform.
    public var of = TermRows.projection
  }

  public static let name = "uniformity"
  public static let summary = "projections as random points of a sphere (FedU²'s regulariser)"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "weight": "a factor on the term; 0.01 is for batches of 128",
    "of": "what is to be uniform: features (before the head) or projection (after it)",
  ]

  /// Directions of slices, and what the sum over points is divided by.
  static let slices = 6
  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.check("weight", options.weight, in: 0...1e6)
    self.options = options
  }

  public func makeMemory(
    projection: Int, modalities: [String], _ pool: BufferPool
  ) -> (any MethodMemory)? { Memory() }

  /// What a client's random numbers come from.
  private final class Memory: MethodMemory {
    var random = RandomStream(seed: 0, purpose: .methodMemory)

    func reset(_ random: inout RandomStream) {
      self.random = RandomStream(seed: random.next(), purpose: .methodMemory)
    }
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    guard let memory = batch.memory as? Memory else {
      preconditionFailure("uniformity needs its random numbers")
    }
    let rows = options.of.rows(of: batch)
    let (n, columns) = (batch.samples, rows.columns)
    let slope = Matrix.zeros(engine.pool, rows: rows.rows, columns: columns)
    func directions() -> Matrix {
      let matrix = Matrix(engine.pool, rows: n, columns: columns)
      fillWithDirections(matrix.floats, columns: columns, &memory.random)
      return matrix
    }
    let slices = Matrix(engine.pool, rows: Self.slices, columns: columns)
    var loss = 0.0
    for view in 0..<batch.views {
      let (z, lengths) = normalised(rows[batch.rows(view)], engine)
      let own = slope[batch.rows(view)]
      let (points, others) = (directions(), directions())
      for point in 0..<n {
        for i in slices.floats.indices { slices.pointer[i] = Float(memory.random.normal()) }
        loss += Self.distance(
          z, others, from: points[point..<point + 1], along: slices,
          share: options.weight / Double(Self.slices), into: own, engine)
      }
      throughNormalisation(own, z, lengths)
    }
    return options.of.loss(loss, slope: slope, batch, engine)
  }

  /// `share` times the sliced squared Wasserstein distance of two sets of directions as they are
  /// seen from a point; adds its gradient by the first set to `slope`.
  /// - Parameters:
  ///   - point: [1, columns].
  ///   - slices: [count, columns].
  static func distance(
    _ z: Matrix, _ others: Matrix, from point: Matrix, along slices: Matrix, share: Double,
    into slope: Matrix, _ engine: Engine
  ) -> Double {
    let (n, columns) = (z.rows, z.columns)
    let (own, wanted) = (
      tangents(z, at: point, along: slices, engine),
      tangents(others, at: point, along: slices, engine)
    )
    let each = share / Double(n * slices.rows)
    var loss = 0.0
    // By sample: what its coordinates along the slices are to change by.
    let pull = Matrix(engine.pool, rows: n, columns: slices.rows)
    for slice in 0..<slices.rows {
      let (order, goal) = (order(own.values, slice), order(wanted.values, slice))
      for (from, to) in zip(order, goal) {
        let difference =
          Double(own.values.pointer[slice + from * slices.rows])
          - Double(wanted.values.pointer[slice + to * slices.rows])
        loss += each * difference * difference
        pull.pointer[slice + from * slices.rows] = Float(2 * each * difference)
      }
    }
    let g = Matrix(engine.pool, rows: n, columns: columns)
    engine.product(
      rows: n, columns: columns, inner: slices.rows, pull.pointer, slices.pointer, into: g.pointer)
    for row in 0..<n {
      let place = row * columns
      let (cosine, factor, slopeOfFactor) = own.factors[row]
      var (alongPoint, alongTangent) = (0.0, 0.0)
      for i in 0..<columns {
        let (gradient, q) = (Double(g.pointer[place + i]), Double(point.pointer[i]))
        alongPoint += gradient * q
        alongTangent += gradient * (Double(z.pointer[place + i]) - cosine * q)
      }
      let back = slopeOfFactor * alongTangent - factor * alongPoint
      for i in 0..<columns {
        slope.pointer[place + i] += Float(
          factor * Double(g.pointer[place + i]) + back * Double(point.pointer[i]))
      }
    }
    return loss
  }

  /// Directions seen from a point.
  private struct Tangents {
    /// [rows, slices].
    let values: Matrix
    /// cos θ, θ / sin θ, and its slope by cos θ, of each row.
    let factors: [(cosine: Double, factor: Double, slope: Double)]
  }

  private static func tangents(
    _ z: Matrix, at point: Matrix, along slices: Matrix, _ engine: Engine
  ) -> Tangents {
    let (n, columns, count) = (z.rows, z.columns, slices.rows)
    let values = Matrix(engine.pool, rows: n, columns: count)
    engine.product(
      rows: n, columns: count, inner: columns, z.pointer, slices.pointer, bTransposed: true,
      into: values.pointer)
    let ofPoint = Matrix(engine.pool, rows: 1, columns: count)
    engine.product(
      rows: 1, columns: count, inner: columns, point.pointer, slices.pointer, bTransposed: true,
      into: ofPoint.pointer)
    let factors = (0..<n).map { row in
      var cosine = 0.0
      for i in 0..<columns {
        cosine += Double(z.pointer[row * columns + i]) * Double(point.pointer[i])
      }
      return factor(cosine)
    }
    for row in 0..<n {
      for slice in 0..<count {
        let along = Double(values.pointer[row * count + slice])
        let point = factors[row].cosine * Double(ofPoint.pointer[slice])
        values.pointer[row * count + slice] = Float(factors[row].factor * (along - point))
      }
    }
    return Tangents(values: values, factors: factors)
  }

  /// θ / sin θ and its slope by cos θ. Of a direction that is the point's, or nearly its opposite,
  /// they are those nearby.
  private static func factor(
    _ given: Double
  ) -> (cosine: Double, factor: Double, slope: Double) {
    let cosine = max(-1 + 1e-6, min(1, given))
    let square = 1 - cosine * cosine
    guard square > 1e-8 else { return (cosine, 1, -1.0 / 3) }
    let (sine, angle) = (square.squareRoot(), acos(cosine))
    return (cosine, angle / sine, (angle * cosine / sine - 1) / square)
  }

  /// Rows by their coordinate along a slice; of equal ones, the first comes first.
  private static func order(_ values: Matrix, _ slice: Int) -> [Int] {
    (0..<values.rows).sorted { a, b in
      let (x, y) = (
        values.pointer[slice + a * values.columns], values.pointer[slice + b * values.columns]
      )
      return x < y || (x == y && a < b)
    }
  }
}
