import Catalogues
import Foundation
import Layers
import Tensors

/// SimCLR's NT-Xent loss (Chen et al., arXiv 2002.05709; FSSUAVL eq. 1).
///
/// With z the l2-normalised rows and s = z zᵀ / τ:
/// - `anchors: all`: the mean over the 2 N rows of −s_ij + log Σ_{k≠i} exp s_ik, j the other view
///   of i (equal to lightly's NTXentLoss);
/// - `anchors: first`: the mean over the N first views alone, the sum over all 2 N rows including
///   the anchor itself (L-DAWA's code).
public struct SimCLR: PlugIn, Method {
  public static let name = "simclr"
  public static let summary = "NT-Xent between two views (SimCLR)"

  public struct Options: Codable, Sendable {
    /// τ: the paper's 0.5.
    public var temperature = 0.5
    /// Which views are anchors: `all` or `first`.
    public var anchors = Anchors.all
  }

  public enum Anchors: String, WordOption { case all, first }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "temperature": "divides the cosines",
    "anchors": "all views, or the first of each sample (L-DAWA's code)",
  ]
  private let temperature: Double
  private let allAnchors: Bool

  public init(_ options: Options) throws {
    try ConfigurationError.check("temperature", options.temperature, in: 0.001...1000)
    temperature = options.temperature
    allAnchors = options.anchors == .all
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    let projection = batch.projection
    let rows = projection.rows
    let (z, lengths) = normalised(projection, engine)
    let weights = Matrix(engine.pool, rows: rows, columns: rows)
    engine.product(
      rows: rows, columns: rows, inner: z.columns, z.pointer, z.pointer, bTransposed: true,
      into: weights.pointer)
    let loss = softmax(weights)
    symmetrise(weights)
    let dz = Matrix(engine.pool, rows: rows, columns: z.columns)
    engine.product(
      rows: rows, columns: z.columns, inner: rows, weights.pointer, z.pointer, into: dz.pointer)
    throughNormalisation(dz, z, lengths)
    return MethodLoss(loss, projection: dz)
  }

  /// Similarities -> dL/ds, in place: the softmax minus 1 at the other view, over the anchors and
  /// τ.
  private func softmax(_ s: Matrix) -> Double {
    let rows = s.rows
    let half = rows / 2
    let anchors = allAnchors ? rows : half
    let share = 1 / Double(anchors)
    var total = 0.0
    for i in 0..<rows {
      let row = s.pointer + i * rows
      guard i < anchors else {
        row.update(repeating: 0, count: rows)
        continue
      }
      let excluded = allAnchors ? i : -1
      let other = i < half ? i + half : i - half
      var greatest = -Double.infinity
      for k in 0..<rows where k != excluded {
        greatest = max(greatest, Double(row[k]) / temperature)
      }
      var sum = 0.0
      for k in 0..<rows where k != excluded { sum += exp(Double(row[k]) / temperature - greatest) }
      let log = greatest + Foundation.log(sum)
      total += log - Double(row[other]) / temperature
      for k in 0..<rows {
        let p = k == excluded ? 0 : exp(Double(row[k]) / temperature - log)
        row[k] = Float((p - (k == other ? 1 : 0)) * share / temperature)
      }
    }
    return total * share
  }

  /// g -> g + gᵀ, because s_ij depends on both rows.
  private func symmetrise(_ g: Matrix) {
    let n = g.rows
    for i in 0..<n {
      for j in 0...i {
        let sum = g.pointer[i * n + j] + g.pointer[j * n + i]
        g.pointer[i * n + j] = sum
        g.pointer[j * n + i] = sum
      }
    }
  }
}
