import MessagePassing
import Tensors

/// A weighted sum of models whose bits do not depend on the order or grouping of its terms.
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
  private let sums: UnsafeMutableBufferPointer<Int64>

  /// Zero everywhere.
  public init(_ layout: ParameterLayout) {
    self.layout = layout
    sums = .allocate(capacity: max(1, layout.count))
    sums.initialize(repeating: 0)
  }

  deinit { sums.deallocate() }

  public func zero() { sums.update(repeating: 0) }

  /// Adds a client's model, each parameter (entry of the layout) times its weight. Throws where a
  /// value is not finite or too large; the sum is of no use then.
  public func add(
    _ model: ParameterVector, weights: [Double], client: Int, round: Int
  ) throws(ExactSumError) {
    precondition(model.layout == layout, "a model of another layout")
    precondition(weights.count == layout.entries.count, "\(weights.count) weights")
    for (entry, weight) in zip(layout.entries, weights) {
      precondition(weight.magnitude <= 1, "weight \(weight) of \(entry.name)")
      let values = model[entry.range]
      guard addToGrid(values, weight, UnsafeMutableBufferPointer(rebasing: sums[entry.range]))
      else {
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
  public func copy(to result: ParameterVector) {
    precondition(result.layout == layout, "a vector of another layout")
    let source = UnsafePointer(sums.baseAddress!)
    let target = result.floats.baseAddress!
    for i in 0..<layout.count { target[i] = Float(Double(source[i]) / Self.scale) }
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

/// Adds `values` · `weight`, in steps of the grid, to `sums`; false where a value was not finite or
/// beyond the limit.
///
/// Converting a Float64 to an integer is slow without AVX-512, but adding 1.5·2⁵² rounds a number of
/// at most 2⁵¹ to an integer (ties to even) and leaves it in the low bits. A product has up to 62
/// bits before the point, so this is done twice: for the part above 2²⁰, then for the exact rest.
private func addToGrid(
  _ values: UnsafeMutableBufferPointer<Float>, _ weight: Double,
  _ sums: UnsafeMutableBufferPointer<Int64>
) -> Bool {
  guard let source = values.baseAddress, let target = sums.baseAddress else { return true }
  let magic = 0x1.8p52
  let magicBits = Int64(bitPattern: magic.bitPattern)
  let limit = ExactSum.limit.bitPattern
  let factor = weight * ExactSum.scale
  var worst: UInt32 = 0
  for i in 0..<values.count {
    let value = source[i]
    // Without its sign, a Float's bits order as its size does, infinity and NaN above all.
    worst = max(worst, value.bitPattern & 0x7fff_ffff)
    let product = Double(value) * factor
    let coarse = product * 0x1p-20 + magic
    let rest = product - (coarse - magic) * 0x1p20
    let high = Int64(bitPattern: coarse.bitPattern) &- magicBits
    let low = Int64(bitPattern: (rest + magic).bitPattern) &- magicBits
    target[i] &+= (high &<< 20) &+ low
  }
  return worst <= limit
}
