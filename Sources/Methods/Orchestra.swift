import Catalogues
import Foundation
import Layers
import Tensors

/// Orchestra (Lubana et al., ICML 2022, arXiv 2205.11506, Algorithm 1), the half of it that runs in
/// a client's step. With C the server's centroids, z the online network's projections and t its
/// momentum target's, all l2-normalised, the loss is
///
///     −mean Σ softmax(t₁ C / T) log softmax(z₂ C / T) + CE(W p₃, turns),
///
/// where the third view is turned by a random number of quarter turns, which a linear layer is to
/// tell from its projection p₃ as it is. The centroids lie in the model, but no step moves them:
/// the aggregator of the same name makes them of what `Memory` holds at a client's end.
///
/// The authors' projector is `encoder: { hidden: 512, hidden_norm: true, projection: 512,
/// projection_norm: true }`. Their first views go through the online network too, without a loss.
public struct Orchestra: PlugIn, Method {
  public struct Options: Codable, Sendable {
    /// The authors' 128.
    public var clusters = 128
    /// T.
    public var temperature = 0.1
    /// How much of the target stays in a step.
    public var momentum = 0.996
    /// Projections of a client's last samples, of which it makes its clusters.
    public var memory = 128
  }

  public static let name = "orchestra"
  public static let summary = "assignments to the server's clusters, and quarter turns (Orchestra)"
  public static var defaults: Options { Options() }
  public static let meanings = [
    "clusters": "centroids that the server makes of the clients'",
    "temperature": "divides the cosines with centroids",
    "momentum": "how much of the target stays in a step",
    "memory": "projections of a client's last samples, of which it makes its own clusters",
  ]
  /// The entry of the centroids, [clusters, projection].
  public static let centroids = "orchestra.centroids"

  public let target: TargetRule?
  private let options: Options
  /// Known from `extend` on.
  private var turns: Linear?
  private var place: Range<Int>?

  public init(_ options: Options) throws {
    try ConfigurationError.check("clusters", options.clusters, in: 2...65_536)
    try ConfigurationError.check("temperature", options.temperature, in: 0.001...1000)
    try ConfigurationError.check("momentum", options.momentum, in: 0...1)
    try ConfigurationError.check("memory", options.memory, in: 2...1_048_576)
    self.options = options
    target = TargetRule(momentum: options.momentum)
  }

  public var views: Int { 3 }
  public var turnedView: Int? { 2 }
  public var algorithm: String? { Self.name }

  public mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {
    turns = Linear("orchestra.turns", &layout, input: projection, output: 4)
    place = layout.add(Self.centroids, [options.clusters, projection], trainable: false)
  }

  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    guard let turns, let place else { return }
    Initialisation(parameters, seed: seed).uniform(turns)
    // Random directions, until the server has made some.
    var random = RandomStream(seed: seed, purpose: .initialisation, sample: place.lowerBound)
    fillWithDirections(
      parameters[place], columns: place.count / options.clusters, &random)
  }

  public func makeMemory(
    projection: Int, modalities: [String], _ pool: BufferPool
  ) -> (any MethodMemory)? {
    Memory(Matrix(pool, rows: options.memory, columns: projection))
  }

  /// The target's projections of a client's last samples, l2-normalised; of all modalities, as the
  /// clusters are.
  public final class Memory: MethodMemory {
    private let rows: Matrix
    private var next = 0
    private var count = 0

    init(_ rows: Matrix) { self.rows = rows }

    public func reset(_ random: inout RandomStream) { (next, count) = (0, 0) }

    /// Those that there are, the oldest first.
    public var projections: [[Float]] {
      (0..<count).map { index in
        let row = (next - count + index + rows.rows) % rows.rows
        return Array(rows[row..<row + 1].floats)
      }
    }

    /// Takes rows in place of the oldest.
    public func enter(_ new: Matrix) {
      for row in 0..<new.rows {
        _ = rows[next..<next + 1].floats.update(fromContentsOf: new[row..<row + 1].floats)
        next = (next + 1) % rows.rows
        count = min(count + 1, rows.rows)
      }
    }
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    guard let target = batch.target, let turns, let place else {
      preconditionFailure("Orchestra's loss needs a target and centroids")
    }
    let (n, columns) = (batch.samples, batch.projection.columns)
    let slope = Matrix.zeros(engine.pool, rows: batch.projection.rows, columns: columns)
    let (z, lengths) = normalised(batch.projection[batch.rows(1)], engine)
    let t = normalised(target[batch.rows(0)], engine).z
    let centroids = batch.parameters[place].baseAddress!
    func cosines(_ rows: Matrix) -> Matrix {
      let cosines = Matrix(engine.pool, rows: n, columns: options.clusters)
      engine.product(
        rows: n, columns: options.clusters, inner: columns, rows.pointer, centroids,
        bTransposed: true, into: cosines.pointer)
      return cosines
    }
    let (own, wanted) = (cosines(z), cosines(t))
    var loss = 0.0
    for row in 0..<n { loss += assign(own[row..<row + 1], wanted[row..<row + 1], n) }
    let dz = slope[batch.rows(1)]
    engine.product(
      rows: n, columns: columns, inner: options.clusters, own.pointer, centroids, into: dz.pointer)
    throughNormalisation(dz, z, lengths)

    let (logits, saved) = turns.forward(batch.projection[batch.rows(2)], batch.parameters, engine)
    loss += tell(logits, batch.turns)
    let back = turns.backward(logits, saved, batch.parameters, into: batch.gradient, engine)
    _ = slope[batch.rows(2)].floats.update(fromContentsOf: back.floats)
    (batch.memory as? Memory)?.enter(t)
    return MethodLoss(loss, projection: slope)
  }

  /// Cross-entropy of a row's assignment from the wanted one, over all rows; the cosines become its
  /// gradient.
  private func assign(_ own: Matrix, _ wanted: Matrix, _ rows: Int) -> Double {
    let (logs, targets) = (
      logSoftmax(own.floats, options.temperature), logSoftmax(wanted.floats, options.temperature)
    )
    var loss = 0.0
    for i in logs.indices {
      let target = exp(targets[i])
      loss -= target * logs[i] / Double(rows)
      own.pointer[i] = Float((exp(logs[i]) - target) / (Double(rows) * options.temperature))
    }
    return loss
  }

  /// Cross-entropy of quarter turns; the logits become its gradient.
  private func tell(_ logits: Matrix, _ turns: [Int]) -> Double {
    var loss = 0.0
    for (row, turn) in turns.enumerated() {
      let values = logits[row..<row + 1].floats
      let logs = logSoftmax(values, 1)
      loss -= logs[turn] / Double(logits.rows)
      for i in values.indices {
        values[i] = Float((exp(logs[i]) - (i == turn ? 1 : 0)) / Double(logits.rows))
      }
    }
    return loss
  }
}
