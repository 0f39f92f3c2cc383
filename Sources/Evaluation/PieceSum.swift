import Kernels
import MessagePassing
import Tensors

/// What the pieces of a batch add up to: the gradient, the running statistics, the loss. Its bits
/// do not depend on which rank computed which piece.
///
/// Every term is rounded to a grid and added as a 64-bit integer. The statistics' grid is 2⁻⁴⁰ with
/// values up to 2²², as where models are averaged. A gradient is smaller, and there are up to 2⁶ of
/// them: their grid is 2⁻⁴² with values up to 2¹⁴. What it leaves out, 10⁻¹³, is below the rounding
/// of any parameter's step.
final class PieceSum {
  static let mostPieces = 64
  private static let gradientScale = 0x1p42
  private static let gradientLimit: Float = 0x1p14
  private static let statisticsScale = 0x1p40
  private static let statisticsLimit: Float = 0x1p22
  private static let lossLimit = 0x1p16

  private let layout: ParameterLayout
  private let kernels: MotetKernels
  /// A place for each parameter, then the loss, then how many pieces had a value beyond its limit.
  private let sums: UnsafeMutableBufferPointer<Int64>

  init(_ layout: ParameterLayout, _ kernels: MotetKernels) {
    self.layout = layout
    self.kernels = kernels
    sums = allocate(layout.count + 2)
    sums.initialize(repeating: 0)
  }

  deinit { sums.deallocate() }

  func clear() { sums.update(repeating: 0) }

  /// Adds a piece.
  /// - Parameters:
  ///   - gradient: the piece's part of the batch's mean gradient.
  ///   - statistics: the running statistics after the piece; their entries alone are looked at.
  ///   - loss: the piece's part of the batch's mean loss.
  ///   - share: the piece's share of the batch's samples.
  func add(
    gradient: ParameterVector, statistics: ParameterVector, loss: Double, share: Double
  ) {
    var isSound = loss.magnitude <= Self.lossLimit
    for entry in layout.entries {
      let values = (entry.trainable ? gradient : statistics)[entry.range]
      let factor = entry.trainable ? Self.gradientScale : share * Self.statisticsScale
      let largest = kernels.add_fixed_point(
        entry.count, values.baseAddress, factor, sums.baseAddress! + entry.offset)
      isSound =
        isSound && largest <= (entry.trainable ? Self.gradientLimit : Self.statisticsLimit)
    }
    if isSound {
      sums[layout.count] += Int64((loss * Self.statisticsScale).rounded())
    } else {
      sums[layout.count + 1] += 1
    }
  }

  /// Adds the ranks' sums up, on all ranks.
  func reduce(_ communicator: Communicator) throws { try communicator.sumOnAll(sums) }

  /// Sets the trainable entries of `gradient` and the others of `statistics`. Returns the loss; nil
  /// where a value was not finite or too large, and nothing is of use.
  func copy(gradient: ParameterVector, statistics: ParameterVector) -> Double? {
    guard sums[layout.count + 1] == 0 else { return nil }
    for entry in layout.entries {
      let scale = entry.trainable ? Self.gradientScale : Self.statisticsScale
      let target = (entry.trainable ? gradient : statistics)[entry.range]
      kernels.from_fixed_point(
        entry.count, sums.baseAddress! + entry.offset, 1 / scale, target.baseAddress)
    }
    return Double(sums[layout.count]) / Self.statisticsScale
  }
}
