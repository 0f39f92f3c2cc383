import Kernels
import MessagePassing
import Tensors
import Training

/// A weighted sum of vectors whose bits do not depend on the order or grouping of its terms.
///
/// Each term w·x is computed in Float64, rounded (ties to even) to a grid of 2⁻⁴⁰ and added as a
/// 64-bit integer. A client's value may be at most 2²² in size and its weights add up to at most 1,
/// so that no sum leaves the integers' range.
public final class ExactSum {
  /// One over the grid's step.
  static let scale = 0x1p40
  /// The largest value that a client may send.
  public static let limit: Float = 0x1p22

  public let layout: ParameterLayout
  private let kernels: MotetKernels
  private let sums: UnsafeMutableBufferPointer<Int64>

  /// Zero everywhere.
  /// - Parameter kernels: all give the same bits.
  public init(_ layout: ParameterLayout, kernels: MotetKernels = motet_kernels(0).pointee) {
    self.layout = layout
    self.kernels = kernels
    sums = allocate(layout.count)
    sums.initialize(repeating: 0)
  }

  deinit { sums.deallocate() }

  public func zero() { sums.update(repeating: 0) }

  /// Adds what a client sends, each parameter (entry of the layout) times its weight. Throws where
  /// a value is not finite or too large; the sum is of no use then.
  public func add(
    _ contribution: Contribution, client: Int, round: Int
  ) throws(ExactSumError) {
    precondition(contribution.vector.layout == layout, "a vector of another layout")
    for (entry, weight) in zip(layout.entries, contribution.weights) {
      precondition(weight.magnitude <= 1, "weight \(weight) of \(entry.name)")
      let values = contribution.vector[entry.range]
      let largest = kernels.add_fixed_point(
        values.count, values.baseAddress, weight * Self.scale, sums.baseAddress! + entry.offset)
      guard largest <= Self.limit else {
        let wrong = values.first { !($0.magnitude <= Self.limit) } ?? .nan
        throw ExactSumError(client: client, round: round, parameter: entry.name, value: wrong)
      }
    }
  }

  /// Adds the other ranks' sums to rank 0's.
  public func reduce(_ communicator: Communicator) throws {
    try communicator.reduceSum(UnsafeMutableBufferPointer(rebasing: sums[0..<layout.count]))
  }

  /// The sum, rounded to Float32.
  public func vector() -> ParameterVector {
    let result = ParameterVector(layout)
    kernels.from_fixed_point(
      layout.count, sums.baseAddress, 1 / Self.scale, result.floats.baseAddress)
    return result
  }
}

/// A value that cannot be averaged.
public struct ExactSumError: Error, CustomStringConvertible, Equatable {
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
      + "training diverged: try a lower training.rate"
  }
}
