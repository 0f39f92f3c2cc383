import Catalogues
import Foundation
import Layers
import Tensors

/// MoCo v2 (He et al., arXiv 1911.05722; Chen et al., 2003.04297), symmetric: a view's projection
/// is to find the target network's of the other view, its key, among a queue of earlier keys. With
/// all rows l2-normalised, q a query, k its key and K the queue, the loss is the mean over both
/// views and the N samples of −q·k/τ + log(exp(q·k/τ) + Σ_j exp(q·K_j/τ)).
///
/// There is a queue for each modality: a batch has one modality alone, and keys of another are told
/// apart by their modality, not by their sample, so that they would be negatives that teach
/// nothing. A client's queues begin with random directions, since it has no earlier keys.
/// BatchNorm's batches are not shuffled.
public struct MoCo: PlugIn, Method {
  public static let name = "moco"
  public static let summary = "a momentum target's keys against a queue of earlier ones (MoCo v2)"

  public struct Options: Codable, Sendable {
    /// Keys that a modality's queue holds: EasyFL's 4096 (the paper: 65,536).
    public var queue = 4096
    /// τ: EasyFL's 0.1 (MoCo v2: 0.2).
    public var temperature = 0.1
    /// How much of the target stays in a step: EasyFL's 0.99 (the paper: 0.999).
    public var momentum = 0.99
    /// Whether `momentum` stays, or rises to 1 over a client's steps in a round.
    public var schedule = TargetRule.Schedule.constant
    /// When a batch's keys enter the queue.
    public var enqueue = Enqueue.together
  }

  public enum Enqueue: String, WordOption {
    /// After both directions: the first view's keys, then the second's.
    case together
    /// Those of a direction right after it, as lightly's loss does: the second direction has the
    /// first one's keys, which are views of its own samples, among its negatives.
    case oneByOne = "one-by-one"
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "queue": "keys that each modality's queue holds",
    "temperature": "divides the cosines",
    "momentum": "how much of the target stays in a step",
    "schedule": "whether that is constant, or rises to 1 by a cosine over a client's steps",
    "enqueue": "when keys enter: together after both directions, or one-by-one (lightly)",
  ]
  public let target: TargetRule?
  private let options: Options

  public init(_ options: Options) throws {
    try ConfigurationError.check("queue", options.queue, in: 1...16_777_216)
    try ConfigurationError.check("temperature", options.temperature, in: 0.001...1000)
    try ConfigurationError.check("momentum", options.momentum, in: 0...1)
    self.options = options
    target = TargetRule(momentum: options.momentum, schedule: options.schedule)
  }

  public func makeMemory(
    projection: Int, modalities: [String], _ pool: BufferPool
  ) -> (any MethodMemory)? {
    Memory(
      modalities.map {
        ($0, Queue(keys: Matrix(pool, rows: options.queue, columns: projection)))
      })
  }

  /// Of each modality's queue its keys, and which is the oldest.
  public func memoryLayout(projection: Int, modalities: [String]) -> ParameterLayout {
    var layout = ParameterLayout()
    for modality in modalities {
      _ = layout.add("\(modality).keys", [options.queue, projection], trainable: false)
      _ = layout.add("\(modality).next", [1], trainable: false)
    }
    return layout
  }

  /// The queues of all modalities, while one client trains.
  final class Memory: MethodMemory {
    private let queues: [(modality: String, queue: Queue)]

    init(_ queues: [(modality: String, queue: Queue)]) { self.queues = queues }

    func reset(_ random: inout RandomStream) {
      for (_, queue) in queues { queue.reset(&random) }
    }

    subscript(_ modality: String) -> Queue? {
      queues.first { $0.modality == modality }?.queue
    }

    func save(to values: UnsafeMutableBufferPointer<Float>) {
      eachQueue(of: values) { $0.save(to: $1) }
    }

    func restore(from values: UnsafeMutableBufferPointer<Float>) {
      eachQueue(of: values) { $0.restore(from: $1) }
    }

    private func eachQueue(
      of values: UnsafeMutableBufferPointer<Float>,
      _ body: (Queue, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
      var start = 0
      for (_, queue) in queues {
        let count = queue.valueCount
        body(queue, UnsafeMutableBufferPointer(rebasing: values[start..<start + count]))
        start += count
      }
    }
  }

  /// Earlier keys, l2-normalised: new ones replace the oldest, around and around.
  final class Queue {
    let keys: Matrix
    /// The row that is replaced next.
    private(set) var next = 0

    init(keys: Matrix) { self.keys = keys }

    /// Fills the rows with random directions.
    func reset(_ random: inout RandomStream) {
      next = 0
      fillWithDirections(keys.floats, columns: keys.columns, &random)
    }

    /// Its keys', and one that says which is the oldest.
    var valueCount: Int { keys.floats.count + 1 }

    func save(to values: UnsafeMutableBufferPointer<Float>) {
      _ = values.update(fromContentsOf: keys.floats)
      values[values.count - 1] = Float(next)
    }

    func restore(from values: UnsafeMutableBufferPointer<Float>) {
      _ = keys.floats.update(fromContentsOf: values.dropLast())
      next = Int(values[values.count - 1])
    }

    func enter(_ new: Matrix) {
      for row in 0..<new.rows {
        keys[next..<next + 1].pointer.update(
          from: new[row..<row + 1].pointer, count: keys.columns)
        next = (next + 1) % keys.rows
      }
    }
  }

  public func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    guard let target = batch.target, let queue = (batch.memory as? Memory)?[batch.modality] else {
      preconditionFailure("MoCo's loss needs a target, and a queue for \(batch.modality)")
    }
    let (queries, lengths) = normalised(batch.projection, engine)
    let keys = normalised(target, engine).z
    let slope = Matrix(engine.pool, rows: queries.rows, columns: queries.columns)
    var loss = 0.0
    for view in 0..<2 {
      let (own, other) = (batch.rows(view), batch.rows(1 - view))
      loss += contrast(queries[own], keys[other], queue.keys, into: slope[own], engine) / 2
      if options.enqueue == .oneByOne { queue.enter(keys[other]) }
    }
    if options.enqueue == .together { queue.enter(keys) }
    throughNormalisation(slope, queries, lengths)
    return MethodLoss(loss, projection: slope)
  }

  /// The loss of one direction; half its gradient by the queries becomes `slope`.
  private func contrast(
    _ queries: Matrix, _ keys: Matrix, _ queue: Matrix, into slope: Matrix, _ engine: Engine
  ) -> Double {
    let (n, columns) = (queries.rows, queries.columns)
    let weights = Matrix(engine.pool, rows: n, columns: queue.rows)
    engine.product(
      rows: n, columns: queue.rows, inner: columns, queries.pointer, queue.pointer,
      bTransposed: true, into: weights.pointer)
    let share = 0.5 / (Double(n) * options.temperature)
    var total = 0.0
    for row in 0..<n {
      let key = keys.pointer + row * columns
      let (loss, ownWeight) = softmax(
        weights[row..<row + 1].floats, own: dot(queries.pointer + row * columns, key, columns),
        share: share)
      total += loss
      let gradient = slope.pointer + row * columns
      for i in 0..<columns { gradient[i] = Float(ownWeight) * key[i] }
    }
    engine.product(
      rows: n, columns: columns, inner: queue.rows, weights.pointer, queue.pointer,
      into: slope.pointer, accumulate: true)
    return total / Double(n)
  }

  /// A query's cosines with the queue -> `share` times their softmax, in place; `own` is that with
  /// its key. Returns the loss, and what the key has of the gradient.
  private func softmax(
    _ cosines: UnsafeMutableBufferPointer<Float>, own: Double, share: Double
  ) -> (loss: Double, ownWeight: Double) {
    var greatest = own
    for cosine in cosines { greatest = max(greatest, Double(cosine)) }
    var sum = exp((own - greatest) / options.temperature)
    let first = sum
    for i in cosines.indices {
      let value = exp((Double(cosines[i]) - greatest) / options.temperature)
      cosines[i] = Float(value)
      sum += value
    }
    for i in cosines.indices { cosines[i] = Float(Double(cosines[i]) * share / sum) }
    return ((greatest - own) / options.temperature + log(sum), (first / sum - 1) * share)
  }

  private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count { sum += Double(a[i]) * Double(b[i]) }
    return sum
  }
}
