import Kernels
import Tensors

/// What BatchNorm computes by channel, beside its passes over the features.
extension BatchNorm {
  /// Scale, shift, mean and 1/σ of each channel, for each group of images.
  struct Statistics {
    /// [groups][4][channels].
    private let values: Buffer
    private let channels: Int
    let groups: Int

    fileprivate init(_ values: Buffer, channels: Int, groups: Int) {
      self.values = values
      self.channels = channels
      self.groups = groups
    }

    /// A group's [4][channels].
    subscript(_ group: Int) -> UnsafeMutablePointer<Float> {
      values.pointer + group * 4 * channels
    }
  }

  /// The batch's statistics; the running ones take a step toward each group's.
  func statistics(
    of x: FeatureMap, groups: Int, _ parameters: ParameterVector, _ engine: Engine
  ) -> Statistics {
    precondition(x.images % groups == 0, "\(x.images) images in \(groups) groups")
    let statistics = Statistics(
      engine.pool.take(groups * 4 * channels), channels: channels, groups: groups)
    let moments = engine.pool.take(4 * channels)
    let (mean, variance) = doubles(moments)
    let shape = shape(x, images: x.images / groups)
    let count = Double(shape.images) * Double(shape.positions)
    for group in 0..<groups {
      let offset = group * x.buffer.floats.count / groups
      engine.parallel(channels, unit: 16) { part, own in
        own.kernels.batch_statistics(
          shape, x.pointer + offset, Int32(part.lowerBound), Int32(part.upperBound), mean, variance)
      }
      let slot = statistics[group]
      for c in 0..<channels {
        let inverse = 1 / (variance[c] + Self.epsilon).squareRoot()
        let (weight, bias) = affine(c, parameters)
        slot[c] = Float(weight * inverse)
        slot[channels + c] = Float(bias - mean[c] * weight * inverse)
        slot[2 * channels + c] = Float(mean[c])
        slot[3 * channels + c] = Float(inverse)
        // The unbiased variance of one value is not a number; PyTorch refuses such a batch.
        let unbiased = count > 1 ? variance[c] * count / (count - 1) : variance[c]
        step(&parameters[runningMean][c], toward: mean[c])
        step(&parameters[runningVariance][c], toward: unbiased)
      }
    }
    return statistics
  }

  /// Scale and shift by the running statistics, [2][channels].
  func runningScale(_ parameters: ParameterVector, _ engine: Engine) -> Buffer {
    let scale = engine.pool.take(2 * channels)
    for c in 0..<channels {
      let variance = Double(parameters[runningVariance][c])
      let (weight, bias) = affine(c, parameters)
      let factor = weight / (variance + Self.epsilon).squareRoot()
      scale.pointer[c] = Float(factor)
      scale.pointer[channels + c] = Float(
        bias - Double(parameters[runningMean][c]) * factor)
    }
    return scale
  }

  /// Adds γ's and β's gradients of a group to `gradient`, and returns by channel the slope and the
  /// constant of dx = scale g + slope x + constant; [2][channels].
  /// - Parameters:
  ///   - slot: the group's statistics.
  ///   - count: values of a channel in the group.
  ///   - sums: computes Σg and Σg(x − μ) of some channels.
  func gradientCoefficients(
    _ slot: UnsafeMutablePointer<Float>, count: Int, into gradient: ParameterVector,
    _ engine: Engine,
    sums: (
      _ channels: Range<Int>, _ own: Engine, _ sumG: UnsafeMutablePointer<Double>,
      _ sumGX: UnsafeMutablePointer<Double>
    ) -> Void
  ) -> Buffer {
    let moments = engine.pool.take(4 * channels)
    let (sumG, sumGX) = doubles(moments)
    engine.parallel(channels, unit: 16) { part, own in sums(part, own, sumG, sumGX) }
    let coefficients = engine.pool.take(2 * channels)
    for c in 0..<channels {
      let mean = Double(slot[2 * channels + c])
      let inverse = Double(slot[3 * channels + c])
      if let affine {
        gradient[affine.weight][c] += Float(sumGX[c] * inverse)
        gradient[affine.bias][c] += Float(sumG[c])
      }
      // dx = γ/σ (g − Σg/n − (x − μ)/σ² Σg(x − μ)/n)
      let scale = Double(slot[c])
      let pull = scale * inverse * inverse * sumGX[c] / Double(count)
      coefficients.pointer[c] = Float(-pull)
      coefficients.pointer[channels + c] = Float(pull * mean - scale * sumG[c] / Double(count))
    }
    return coefficients
  }

  /// A channel's γ and β.
  private func affine(_ channel: Int, _ parameters: ParameterVector) -> (Double, Double) {
    guard let affine else { return (1, 0) }
    return (
      Double(parameters[affine.weight][channel]), Double(parameters[affine.bias][channel])
    )
  }

  private func step(_ running: inout Float, toward value: Double) {
    running = Float((1 - Self.momentum) * Double(running) + Self.momentum * value)
  }

  private func doubles(_ buffer: Buffer) -> (
    UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>
  ) {
    let bytes = UnsafeMutableRawPointer(buffer.pointer)
    return (
      bytes.assumingMemoryBound(to: Double.self),
      bytes.assumingMemoryBound(to: Double.self) + channels
    )
  }
}
