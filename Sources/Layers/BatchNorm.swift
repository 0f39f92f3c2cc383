import Kernels
import Tensors

/// Batch normalisation over images and positions, with the residual sum and the ReLU that follow
/// it in a residual network: y = relu(γ (x − μ)/σ + β + residual).
///
/// PyTorch's BatchNorm2d: ε 1e-5, momentum 0.1; the running variance is the unbiased one, the
/// biased one normalises. The batch may hold several groups of images (views), each with its own
/// statistics; the running statistics then take one step a group, in order.
public struct BatchNorm: Sendable {
  /// γ and β; nil where they are 1 and 0 for good.
  public let affine: Affine?
  public let runningMean: Range<Int>
  public let runningVariance: Range<Int>
  public let channels: Int
  public let relu: Bool
  /// What the number of channels must be a multiple of.
  public static let channelUnit = 32
  static let epsilon = 1e-5
  static let momentum = 0.1

  /// Where a layer's γ and β lie.
  public struct Affine: Sendable {
    public let weight: Range<Int>
    public let bias: Range<Int>

    /// Adds γ and β to a layout.
    init(_ name: String, _ layout: inout ParameterLayout, channels: Int) {
      weight = layout.add("\(name).weight", [channels])
      bias = layout.add("\(name).bias", [channels])
    }
  }

  public init(_ name: String, _ layout: inout ParameterLayout, channels: Int, relu: Bool) {
    let affine = Affine(name, &layout, channels: channels)
    self.init(name, &layout, channels: channels, relu: relu, affine: affine)
  }

  init(
    _ name: String, _ layout: inout ParameterLayout, channels: Int, relu: Bool, affine: Affine?
  ) {
    self.channels = channels
    self.relu = relu
    self.affine = affine
    runningMean = layout.add("\(name)\(Self.meanSuffix)", [channels], trainable: false)
    runningVariance = layout.add("\(name)\(Self.varianceSuffix)", [channels], trainable: false)
  }

  /// How the name of a running mean ends: every BatchNorm layer has one.
  public static let meanSuffix = ".running_mean"
  private static let varianceSuffix = ".running_var"

  /// What a running statistic is before any batch; nil where an entry is none.
  static func initialStatistic(_ entry: ParameterLayout.Entry) -> Float? {
    if entry.name.hasSuffix(meanSuffix) { return 0 }
    return entry.name.hasSuffix(varianceSuffix) ? 1 : nil
  }

  public struct Saved {
    /// Nil where the output took its memory.
    public let x: FeatureMap?
    let statistics: Statistics
  }

  /// - Parameter inPlace: whether the output takes the input's memory.
  public func forward(
    _ x: FeatureMap, residual: FeatureMap? = nil, groups: Int, inPlace: Bool = false,
    _ parameters: ParameterVector, _ engine: Engine
  ) -> (y: FeatureMap, saved: Saved) {
    let y = inPlace ? x : like(x, engine)
    let statistics = statistics(of: x, groups: groups, parameters, engine)
    for group in 0..<groups {
      apply(x, y, residual, statistics[group], group: group, of: groups, engine)
    }
    return (y, Saved(x: inPlace ? nil : x, statistics: statistics))
  }

  /// The output of a forward pass once more, the same bits.
  public func again(
    _ saved: Saved, residual: FeatureMap? = nil, _ engine: Engine
  ) -> FeatureMap {
    guard let x = saved.x else { preconditionFailure("BatchNorm's input was not saved") }
    let y = like(x, engine)
    for group in 0..<saved.statistics.groups {
      apply(
        x, y, residual, saved.statistics[group], group: group, of: saved.statistics.groups, engine)
    }
    return y
  }

  /// With the running statistics; the output takes the input's memory.
  public func infer(
    _ x: FeatureMap, _ parameters: ParameterVector, _ engine: Engine
  ) -> FeatureMap {
    let scale = runningScale(parameters, engine)
    apply(x, x, nil, scale.pointer, group: 0, of: 1, engine)
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
      preconditionFailure("BatchNorm's gradient needs its input, and after a residual its output")
    }
    let dx = hadResidual ? like(x, engine) : dy
    let groups = saved.statistics.groups
    let images = x.images / groups
    for group in 0..<groups {
      let shape = shape(x, images: images)
      let offset = group * x.buffer.floats.count / groups
      let slot = saved.statistics[group]
      let y = (hadResidual && relu ? y : nil).map { UnsafePointer($0.pointer + offset) }
      let coefficients = gradientCoefficients(
        slot, count: images * x.positions, into: gradient, engine
      ) { part, own, sumG, sumGX in
        own.kernels.batch_norm_gradient_sums(
          shape, dy.pointer + offset, x.pointer + offset, y, relu ? 1 : 0, slot, slot + channels,
          slot + 2 * channels, Int32(part.lowerBound), Int32(part.upperBound), sumG, sumGX)
      }
      let slope = coefficients.pointer
      engine.parallel(images) { part, own in
        let first = part.lowerBound * x.imageCount
        let start = offset + first
        own.kernels.batch_norm_gradient(
          self.shape(x, images: part.count), dy.pointer + start, x.pointer + start,
          y.map { $0 + first }, relu ? 1 : 0, slot, slot + channels, slope, slope + channels,
          dx.pointer + start, hadResidual ? dy.pointer + start : nil)
      }
    }
    return dx
  }

  func like(_ x: FeatureMap, _ engine: Engine) -> FeatureMap {
    FeatureMap(
      engine.pool, images: x.images, channels: channels, height: x.height, width: x.width)
  }

  func shape(_ x: FeatureMap, images: Int) -> MotetFeatures {
    precondition(x.channels == channels, "BatchNorm of \(channels) channels got \(x.channels)")
    return MotetFeatures(
      images: Int32(images), channels: Int32(channels), positions: Int32(x.positions))
  }
}
