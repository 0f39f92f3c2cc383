import Kernels
import MessagePassing
import Tensors
import Training

/// What the pieces of a batch add up to: the gradient, the running statistics, the loss. Its bits
/// do not depend on which rank computed which piece.
///
/// It is a `FixedPointSum`. The statistics' grid is that of parameters. A gradient is smaller, and
/// there are up to 2⁶ of them: their grid is 2⁻⁴² with values up to 2¹⁴. What it leaves out, 10⁻¹³,
/// is below the rounding of any parameter's step.
final class PieceSum {
  static let mostPieces = 64
  private static let gradients = FixedPointSum.Grid(scale: 0x1p42, limit: 0x1p14)
  private static let statistics = FixedPointSum.Grid.parameters
  private static let losses = FixedPointSum.Grid(scale: 0x1p40, limit: 0x1p16)

  private let layout: ParameterLayout
  /// A place for each parameter, then the loss, then how many pieces had a value beyond its limit.
  private let sum: FixedPointSum

  init(_ layout: ParameterLayout, _ kernels: MotetKernels) {
    self.layout = layout
    sum = FixedPointSum(count: layout.count + 2, kernels)
  }

  func clear() { sum.clear() }

  private static func grid(_ entry: ParameterLayout.Entry) -> FixedPointSum.Grid {
    entry.trainable ? gradients : statistics
  }

  /// Adds a piece.
  /// - Parameters:
  ///   - gradient: the piece's part of the batch's mean gradient.
  ///   - statistics: the running statistics after the piece; their entries alone are looked at.
  ///   - loss: the piece's part of the batch's mean loss.
  ///   - share: the piece's share of the batch's samples.
  func add(
    gradient: ParameterVector, statistics: ParameterVector, loss: Double, share: Double
  ) {
    var isSound = loss.magnitude <= Double(Self.losses.limit)
    for entry in layout.entries {
      let values = (entry.trainable ? gradient : statistics)[entry.range]
      let isWithin = sum.add(
        values, weight: entry.trainable ? 1 : share, at: entry.offset, on: Self.grid(entry))
      isSound = isSound && isWithin
    }
    if isSound {
      sum.integers[layout.count] += Int64((loss * Self.losses.scale).rounded())
    } else {
      sum.integers[layout.count + 1] += 1
    }
  }

  /// Adds the ranks' sums up, on all ranks.
  func reduce(_ communicator: Communicator) throws { try communicator.sumOnAll(sum.integers) }

  /// Sets the trainable entries of `gradient` and the others of `statistics`. Returns the loss; nil
  /// where a value was not finite or too large, and nothing is of use.
  func copy(gradient: ParameterVector, statistics: ParameterVector) -> Double? {
    guard sum.integers[layout.count + 1] == 0 else { return nil }
    for entry in layout.entries {
      let target = (entry.trainable ? gradient : statistics)[entry.range]
      sum.copy(to: target, from: entry.offset, on: Self.grid(entry))
    }
    return Double(sum.integers[layout.count]) / Self.losses.scale
  }
}
