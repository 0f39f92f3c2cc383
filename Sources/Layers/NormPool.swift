import Kernels
import Tensors

/// Batch normalisation, ReLU, and 3×3 maximum of stride 2 and padding 1, which follow one another
/// in torchvision's stem: one pass over its features, four times as large as any other, where three
/// layers would make three.
public struct NormPool: Sendable {
  let norm: BatchNorm

  public init(_ norm: BatchNorm) {
    precondition(norm.relu, "the maximum is taken after a ReLU")
    self.norm = norm
  }

  public struct Saved {
    /// Nil where it was not kept.
    public let x: FeatureMap?
    let statistics: BatchNorm.Statistics
    /// The place of each maximum in its window, a byte a value.
    let winner: Buffer
  }

  /// - Parameter keepInput: whether backward finds its input in what is saved.
  public func forward(
    _ x: FeatureMap, groups: Int, keepInput: Bool = true, _ parameters: ParameterVector,
    _ engine: Engine
  ) -> (y: FeatureMap, saved: Saved) {
    let statistics = norm.statistics(of: x, groups: groups, parameters, engine)
    let (y, winner) = outputs(of: x, engine)
    for group in 0..<groups {
      apply(x, y, winner, statistics[group], group: group, of: groups, engine)
    }
    return (y, Saved(x: keepInput ? x : nil, statistics: statistics, winner: winner))
  }

  /// With the running statistics.
  public func infer(_ x: FeatureMap, _ parameters: ParameterVector, _ engine: Engine) -> FeatureMap
  {
    let (y, winner) = outputs(of: x, engine)
    apply(x, y, winner, norm.runningScale(parameters, engine).pointer, group: 0, of: 1, engine)
    return y
  }

  private func outputs(of x: FeatureMap, _ engine: Engine) -> (y: FeatureMap, winner: Buffer) {
    let y = FeatureMap(
      engine.pool, images: x.images, channels: x.channels, height: side(x.height),
      width: side(x.width))
    return (y, engine.pool.take((y.buffer.floats.count + 3) / 4))
  }

  /// - Parameter scale: [scale, shift][channels].
  private func apply(
    _ x: FeatureMap, _ y: FeatureMap, _ winner: Buffer, _ scale: UnsafeMutablePointer<Float>,
    group: Int, of groups: Int, _ engine: Engine
  ) {
    forImages(of: x, group, of: groups, engine) { images, own in
      own.kernels.norm_pool(
        Int32(images.count), Int32(x.channels), extent(x),
        x.pointer + images.lowerBound * x.imageCount, scale, scale + x.channels,
        y.pointer + images.lowerBound * y.imageCount,
        bytes(winner) + images.lowerBound * y.imageCount)
    }
  }

  /// The input's gradient, in the memory of the input (`x`, or what was saved of it); γ's and β's
  /// are added to `gradient`.
  public func backward(
    _ dy: FeatureMap, _ saved: Saved, x: FeatureMap? = nil, _ parameters: ParameterVector,
    into gradient: ParameterVector, _ engine: Engine
  ) -> FeatureMap {
    guard let x = saved.x ?? x else {
      preconditionFailure("the gradient needs the input, which was not kept")
    }
    let groups = saved.statistics.groups
    let images = x.images / groups
    for group in 0..<groups {
      let slot = saved.statistics[group]
      let first = group * images
      let coefficients = norm.gradientCoefficients(
        slot, count: images * x.positions, into: gradient, engine
      ) { channels, own, sumG, sumGX in
        own.kernels.norm_pool_gradient_sums(
          Int32(images), Int32(x.channels), extent(x), dy.pointer + first * dy.imageCount,
          x.pointer + first * x.imageCount, bytes(saved.winner) + first * dy.imageCount,
          slot + 2 * x.channels, Int32(channels.lowerBound), Int32(channels.upperBound), sumG,
          sumGX)
      }
      forImages(of: x, group, of: groups, engine) { images, own in
        own.kernels.norm_pool_gradient(
          Int32(images.count), Int32(x.channels), extent(x),
          dy.pointer + images.lowerBound * dy.imageCount,
          bytes(saved.winner) + images.lowerBound * dy.imageCount, slot, coefficients.pointer,
          coefficients.pointer + x.channels, x.pointer + images.lowerBound * x.imageCount)
      }
    }
    return x
  }

  /// Calls `body` with some images of a group, on all threads.
  private func forImages(
    of x: FeatureMap, _ group: Int, of groups: Int, _ engine: Engine,
    _ body: (_ images: Range<Int>, _ own: Engine) -> Void
  ) {
    let images = x.images / groups
    engine.parallel(images) { part, own in
      body(group * images + part.lowerBound..<group * images + part.upperBound, own)
    }
  }

  /// The output's side for an input's.
  public func side(_ side: Int) -> Int { (side - 1) / 2 + 1 }

  private func extent(_ x: FeatureMap) -> MotetExtent {
    MotetExtent(height: Int32(x.height), width: Int32(x.width))
  }

  private func bytes(_ buffer: Buffer) -> UnsafeMutablePointer<UInt8> {
    UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: UInt8.self)
  }
}
