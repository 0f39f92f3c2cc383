import Kernels
import Tensors

/// Sums of real numbers whose bits do not depend on the order or grouping of their terms.
///
/// Each term is computed in Float64, rounded (ties to even) to a grid and added as an integer.
public final class FixedPointSum {
  /// The multiples of 2⁻ᵇ, and how large a value may be so that no sum leaves the integers' range.
  public struct Grid: Sendable {
    /// One over the grid's step.
    public let scale: Double
    /// The largest size of a value.
    public let limit: Float

    public init(scale: Double, limit: Float) {
      self.scale = scale
      self.limit = limit
    }

    /// Of parameters: multiples of 2⁻⁴⁰ up to 2²², with weights that add up to at most 1.
    public static let parameters = Grid(scale: 0x1p40, limit: 0x1p22)
  }

  /// The sums, in units of their grids.
  public let integers: UnsafeMutableBufferPointer<Int64>
  /// Nil where the memory is this sum's own.
  private let owner: AnyObject?
  private let kernels: MotetKernels

  /// Zero everywhere.
  /// - Parameter kernels: all give the same bits.
  public init(count: Int, _ kernels: MotetKernels) {
    self.kernels = kernels
    owner = nil
    integers = allocate(count)
    clear()
  }

  /// A sum in memory that somebody else has, and keeps as long as the sum does.
  public init(
    in integers: UnsafeMutableBufferPointer<Int64>, of owner: AnyObject, _ kernels: MotetKernels
  ) {
    self.kernels = kernels
    self.owner = owner
    self.integers = integers
  }

  deinit { if owner == nil { integers.deallocate() } }

  public func clear() { integers.initialize(repeating: 0) }

  /// Adds weighted values to the sums from `offset` on. Returns whether all of them are finite and
  /// within the grid's limit; the sums are of no use where not.
  public func add(
    _ values: UnsafeMutableBufferPointer<Float>, weight: Double = 1, at offset: Int, on grid: Grid
  ) -> Bool {
    kernels.add_fixed_point(
      values.count, values.baseAddress, weight * grid.scale, integers.baseAddress! + offset)
      <= grid.limit
  }

  /// Sets values to the sums from `offset` on, times a factor, rounded to Float32.
  public func copy(
    to values: UnsafeMutableBufferPointer<Float>, from offset: Int, on grid: Grid,
    times factor: Double = 1
  ) {
    kernels.from_fixed_point(
      values.count, integers.baseAddress! + offset, factor / grid.scale, values.baseAddress)
  }
}
