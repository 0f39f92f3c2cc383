import Kernels
import MessagePassing
import Tensors
import Training

/// A weighted sum of vectors whose bits do not depend on the order or grouping of its terms: a
/// `FixedPointSum` on the grid of parameters. All weights of a parameter add up to at most 1.
public final class ExactSum {
  private static let grid = FixedPointSum.Grid.parameters
  /// The largest magnitude of a value that can be added.
  static let limit = grid.limit

  public let layout: ParameterLayout
  private let sum: FixedPointSum
  /// The memory that this rank's group has in common; nil where the rank has its own.
  private let shared: SharedIntegers?
  /// Of shared memory, the parts of parameters in each stripe.
  private let pieces: [[Piece]]

  /// A part of a parameter: its entry, and where in the vector it is.
  private struct Piece {
    let entry: Int
    let range: Range<Int>
  }

  /// Zero everywhere. A collective: ranks of a group on one node have one sum together, where the
  /// node has memory for that.
  /// - Parameters:
  ///   - communicator: whose ranks add to it; nil where this process alone does.
  ///   - kernels: all give the same bits.
  public init(
    _ layout: ParameterLayout, on communicator: Communicator? = nil,
    kernels: MotetKernels = motet_kernels(0).pointee
  ) throws {
    self.layout = layout
    let group = communicator?.tree?.group
    shared = try group.flatMap { group in
      group.size > 1 ? try SharedIntegers(count: layout.count, group) : nil
    }
    if let shared {
      sum = FixedPointSum(in: shared.values, of: shared, kernels)
      pieces = Self.pieces(layout, shared)
    } else {
      sum = FixedPointSum(count: layout.count, kernels)
      pieces = []
    }
  }

  /// Entries in their order, cut at the bounds of stripes.
  private static func pieces(_ layout: ParameterLayout, _ shared: SharedIntegers) -> [[Piece]] {
    var entry = 0
    return (0..<shared.stripes).map { stripe in
      let range = shared.range(of: stripe)
      var found: [Piece] = []
      while entry < layout.entries.count {
        let own = layout.entries[entry].range
        let part = own.clamped(to: range)
        if !part.isEmpty { found.append(Piece(entry: entry, range: part)) }
        guard own.upperBound <= range.upperBound else { break }
        entry += 1
      }
      return found
    }
  }

  /// Whether the ranks of a group have one sum.
  public var isShared: Bool { shared != nil }

  /// A collective of the ranks that have one sum.
  public func zero() throws {
    guard let shared else { return sum.clear() }
    try shared.clear()
  }

  /// Throws where `add` would: then nothing was added.
  public func check(_ contribution: Contribution, client: Int, round: Int) throws(ExactSumError) {
    for entry in layout.entries {
      for value in contribution.vector[entry.range] where !(value.magnitude <= Self.grid.limit) {
        throw ExactSumError(client: client, round: round, parameter: entry.name, value: value)
      }
    }
  }

  /// Adds what a client sends, each parameter (entry of the layout) times its weight. Throws where
  /// a value is not finite or too large; the sum is of no use then.
  public func add(
    _ contribution: Contribution, client: Int, round: Int
  ) throws(ExactSumError) {
    precondition(contribution.vector.layout == layout, "a vector of another layout")
    func add(_ piece: Piece) throws(ExactSumError) {
      let (entry, weight) = (layout.entries[piece.entry], contribution.weights[piece.entry])
      precondition(weight.magnitude <= 1, "weight \(weight) of \(entry.name)")
      let values = contribution.vector[piece.range]
      guard sum.add(values, weight: weight, at: piece.range.lowerBound, on: Self.grid) else {
        let wrong = values.first { !($0.magnitude <= Self.grid.limit) } ?? .nan
        throw ExactSumError(client: client, round: round, parameter: entry.name, value: wrong)
      }
    }
    guard let shared else {
      for (index, entry) in layout.entries.enumerated() {
        try add(Piece(entry: index, range: entry.range))
      }
      return
    }
    try shared.forEachStripe { stripe throws(ExactSumError) in
      for piece in pieces[stripe] { try add(piece) }
    }
  }

  /// Adds the other ranks' sums to rank 0's.
  public func reduce(_ communicator: Communicator) throws {
    try communicator.reduceSum(sum.integers, isShared: isShared)
  }

  /// The sum times a factor, rounded to Float32.
  public func vector(times factor: Double = 1) -> ParameterVector {
    let result = ParameterVector(layout)
    copy(to: result, times: factor)
    return result
  }

  /// The same into a vector that is there.
  public func copy(to result: ParameterVector, times factor: Double = 1) {
    precondition(result.layout == layout, "a vector of another layout")
    sum.copy(to: result.floats, from: 0, on: Self.grid, times: factor)
  }

  /// The same of one parameter.
  func copy(_ entry: ParameterLayout.Entry, to result: ParameterVector, times factor: Double) {
    sum.copy(to: result[entry.range], from: entry.offset, on: Self.grid, times: factor)
  }
}

/// A value that cannot be averaged.
public struct ExactSumError: Divergence, CustomStringConvertible, Equatable {
  public let client: Int
  public let round: Int
  public let parameter: String
  public let value: Float

  public static func == (a: Self, b: Self) -> Bool {
    a.client == b.client && a.round == b.round && a.parameter == b.parameter
      && a.value.bitPattern == b.value.bitPattern
  }

  public var description: String {
    let what = value.isFinite ? "beyond ±2^22" : "not finite"
    return "round \(round), client \(client): \(parameter) has the value \(value), \(what); "
      + "training diverged: try a lower training.rate; where clients have few samples, whose "
      + "BatchNorm sees little, a higher training.smallest_batch; where encoder.input leaves features "
      + "of 1×1, a larger one"
  }
}
