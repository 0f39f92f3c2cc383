import Kernels
import Tensors

/// 3×3 maximum, stride 2, padding 1 (torchvision's stem).
public struct MaximumPool: Sendable {
  public init() {}

  public struct Saved {
    let winner: Buffer
    let height: Int
    let width: Int
  }

  public func forward(_ x: FeatureMap, _ engine: Engine) -> (y: FeatureMap, saved: Saved) {
    let y = FeatureMap(
      engine.pool, images: x.images, channels: x.channels, height: side(x.height),
      width: side(x.width))
    // One byte a value.
    let winner = engine.pool.take((y.buffer.floats.count + 3) / 4)
    engine.parallel(x.images) { images, own in
      own.kernels.maximum_pool(
        Int32(images.count), Int32(x.channels), extent(x.height, x.width),
        x.pointer + images.lowerBound * x.imageCount, y.pointer + images.lowerBound * y.imageCount,
        bytes(winner) + images.lowerBound * y.imageCount)
    }
    return (y, Saved(winner: winner, height: x.height, width: x.width))
  }

  public func backward(_ dy: FeatureMap, _ saved: Saved, _ engine: Engine) -> FeatureMap {
    let dx = FeatureMap(
      engine.pool, images: dy.images, channels: dy.channels, height: saved.height,
      width: saved.width)
    engine.parallel(dy.images) { images, own in
      own.kernels.maximum_pool_gradient(
        Int32(images.count), Int32(dy.channels), extent(saved.height, saved.width),
        dy.pointer + images.lowerBound * dy.imageCount,
        bytes(saved.winner) + images.lowerBound * dy.imageCount,
        dx.pointer + images.lowerBound * dx.imageCount)
    }
    return dx
  }

  public func side(_ side: Int) -> Int { (side - 1) / 2 + 1 }

  private func extent(_ height: Int, _ width: Int) -> MotetExtent {
    MotetExtent(height: Int32(height), width: Int32(width))
  }

  private func bytes(_ buffer: Buffer) -> UnsafeMutablePointer<UInt8> {
    UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: UInt8.self)
  }
}
