import Kernels
import Tensors

/// Batch normalisation over images and positions, with the residual sum and the ReLU that follow
/// it in a residual network: y = relu(γ (x − μ)/σ + β + residual).
///
/// PyTorch's BatchNorm2d: ε 1e-5, momentum 0.1; the running variance is the unbiased one, the
/// biased one normalises. The batch may hold several groups of images (views), each with its own
/// statistics; the running statistics then take one step a group, in order.
public struct BatchNorm: Sendable {
  public let weight: Range<Int>
  public let bias: Range<Int>
  public let runningMean: Range<Int>
  public let runningVariance: Range<Int>
  public let channels: Int
  public let relu: Bool
  static let epsilon = 1e-5
  static let momentum = 0.1

  public init(_ name: String, _ layout: inout ParameterLayout, channels: Int, relu: Bool) {
    self.channels = channels
    self.relu = relu
    weight = layout.add("\(name).weight", [channels])
    bias = layout.add("\(name).bias", [channels])
    runningMean = layout.add("\(name).running_mean", [channels], trainable: false)
    runningVariance = layout.add("\(name).running_var", [channels], trainable: false)
  }

  public struct Saved {
    /// Nil where the output took its memory.
    public let x: FeatureMap?
    /// Per group: scale, shift, mean, 1/σ; [groups][4][channels].
    let statistics: Buffer
    let groups: Int
  }

  /// - Parameter inPlace: whether the output takes the input's memory.
  public func forward(
    _ x: FeatureMap, residual: FeatureMap? = nil, groups: Int, inPlace: Bool = false,
    _ parameters: ParameterVector, _ engine: Engine
  ) -> (y: FeatureMap, saved: Saved) {
    precondition(x.images % groups == 0, "\(x.images) images in \(groups) groups")
    let y = inPlace ? x : like(x, engine)
    let statistics = engine.pool.take(groups * 4 * channels)
    let moments = engine.pool.take(4 * channels)
    let (mean, variance) = doubles(moments)
    for group in 0..<groups {
      let shape = shape(x, images: x.images / groups)
      let offset = group * x.buffer.floats.count / groups
      engine.parallel(channels, unit: 16) { part, own in
        own.kernels.batch_statistics(
          shape, x.pointer + offset, Int32(part.lowerBound), Int32(part.upperBound), mean, variance)
      }
      let slot = statistics.pointer + group * 4 * channels
      let count = Double(shape.images) * Double(shape.positions)
      for c in 0..<channels {
        let inverse = 1 / (variance[c] + Self.epsilon).squareRoot()
        let scale = Float(Double(parameters[weight][c]) * inverse)
        slot[c] = scale
        slot[channels + c] = Float(
          Double(parameters[bias][c]) - mean[c] * Double(parameters[weight][c]) * inverse)
        slot[2 * channels + c] = Float(mean[c])
        slot[3 * channels + c] = Float(inverse)
        // The unbiased variance of one value is not a number; PyTorch refuses such a batch.
        let unbiased = count > 1 ? variance[c] * count / (count - 1) : variance[c]
        step(&parameters[runningMean][c], toward: mean[c])
        step(&parameters[runningVariance][c], toward: unbiased)
      }
      apply(x, y, residual, slot, group: group, of: groups, engine)
    }
    return (y, Saved(x: inPlace ? nil : x, statistics: statistics, groups: groups))
  }

  /// The output of a forward pass once more, the same bits.
  public func again(
    _ saved: Saved, residual: FeatureMap? = nil, _ engine: Engine
  ) -> FeatureMap {
    guard let x = saved.x else { preconditionFailure("BatchNorm's input was not saved") }
    let y = like(x, engine)
    for group in 0..<saved.groups {
      apply(
        x, y, residual, saved.statistics.pointer + group * 4 * channels, group: group,
        of: saved.groups, engine)
    }
    return y
  }

  /// With the running statistics; the output takes the input's memory.
  public func infer(
    _ x: FeatureMap, residual: FeatureMap? = nil, _ parameters: ParameterVector,
    _ engine: Engine
  ) -> FeatureMap {
    let scale = engine.pool.take(2 * channels)
    for c in 0..<channels {
      let variance = Double(parameters[runningVariance][c])
      let factor = Double(parameters[weight][c]) / (variance + Self.epsilon).squareRoot()
      scale.pointer[c] = Float(factor)
      scale.pointer[channels + c] = Float(
        Double(parameters[bias][c]) - Double(parameters[runningMean][c]) * factor)
    }
    apply(x, x, residual, scale.pointer, group: 0, of: 1, engine)
    return x
  }

  /// y = relu(scale x + shift + residual) for one group's images.
  private func apply(
    _ x: FeatureMap, _ y: FeatureMap, _ residual: FeatureMap?,
    _ scale: UnsafeMutablePointer<Float>, group: Int, of groups: Int, _ engine: Engine
  ) {
    let images = x.images / groups
    engine.parallel(images) { part, own in
      let offset = (group * images + part.lowerBound) * x.imageCount
      own.kernels.scale_shift(
        shape(x, images: part.count), x.pointer + offset, scale, scale + channels,
        residual.map { $0.pointer + offset }, relu ? 1 : 0, y.pointer + offset)
    }
  }

  /// The input's gradient; γ's and β's are added to `gradient`. Where the layer had a residual, its
  /// gradient replaces the values of `dy`; where it had none, the input's does. `x` stands in for
  /// an input that was not saved; `y` is the output, needed where residual and ReLU met.
  public func backward(
    _ dy: FeatureMap, _ saved: Saved, x: FeatureMap? = nil, y: FeatureMap? = nil,
    hadResidual: Bool = false, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) -> FeatureMap {
    guard let x = saved.x ?? x, !hadResidual || !relu || y != nil else {
      preconditionFailure("BatchNorm's gradient needs its input, and behind a residual its output")
    }
    let dx = hadResidual ? like(x, engine) : dy
    let sums = engine.pool.take(4 * channels)
    let (sumG, sumGX) = doubles(sums)
    let coefficients = engine.pool.take(2 * channels)
    let slope = coefficients.pointer
    let constant = slope + channels
    for group in 0..<saved.groups {
      let images = x.images / saved.groups
      let shape = shape(x, images: images)
      let offset = group * x.buffer.floats.count / saved.groups
      let slot = saved.statistics.pointer + group * 4 * channels
      let y = (hadResidual && relu ? y : nil).map { UnsafePointer($0.pointer + offset) }
      engine.parallel(channels, unit: 16) { part, own in
        own.kernels.batch_norm_gradient_sums(
          shape, dy.pointer + offset, x.pointer + offset, y, relu ? 1 : 0, slot, slot + channels,
          slot + 2 * channels, Int32(part.lowerBound), Int32(part.upperBound), sumG, sumGX)
      }
      let count = Double(shape.images) * Double(shape.positions)
      for c in 0..<channels {
        let mean = Double(slot[2 * channels + c])
        let inverse = Double(slot[3 * channels + c])
        gradient[weight][c] += Float(sumGX[c] * inverse)
        gradient[bias][c] += Float(sumG[c])
        // dx = γ/σ (g − Σg/n − (x − μ)/σ² Σg(x − μ)/n)
        let scale = Double(slot[c])
        let pull = scale * inverse * inverse * sumGX[c] / count
        slope[c] = Float(-pull)
        constant[c] = Float(pull * mean - scale * sumG[c] / count)
      }
      engine.parallel(images) { part, own in
        let first = part.lowerBound * x.imageCount
        let start = offset + first
        own.kernels.batch_norm_gradient(
          self.shape(x, images: part.count), dy.pointer + start, x.pointer + start,
          y.map { $0 + first }, relu ? 1 : 0, slot, slot + channels, slope, constant,
          dx.pointer + start, hadResidual ? dy.pointer + start : nil)
      }
    }
    return dx
  }

  private func like(_ x: FeatureMap, _ engine: Engine) -> FeatureMap {
    FeatureMap(
      engine.pool, images: x.images, channels: channels, height: x.height, width: x.width)
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

  private func shape(_ x: FeatureMap, images: Int) -> MotetFeatures {
    precondition(x.channels == channels, "BatchNorm of \(channels) channels got \(x.channels)")
    return MotetFeatures(
      images: Int32(images), channels: Int32(channels), positions: Int32(x.positions))
  }
}
