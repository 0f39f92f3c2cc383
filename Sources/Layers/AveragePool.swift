import Kernels
import Tensors

/// Global average pooling: features [images, channels, height, width] -> rows [images, channels].
public struct AveragePool: Sendable {
  public init() {}

  public struct Saved {
    let channels: Int
    let height: Int
    let width: Int
  }

  public func forward(_ x: FeatureMap, _ engine: Engine) -> (y: Matrix, saved: Saved) {
    let y = Matrix(engine.pool, rows: x.images, columns: x.channels)
    engine.kernels.average_pool(
      shape(x.images, x.channels, x.positions), x.pointer, y.pointer)
    return (y, Saved(channels: x.channels, height: x.height, width: x.width))
  }

  public func backward(_ dy: Matrix, _ saved: Saved, _ engine: Engine) -> FeatureMap {
    let dx = FeatureMap(
      engine.pool, images: dy.rows, channels: saved.channels, height: saved.height,
      width: saved.width)
    engine.kernels.average_pool_gradient(
      shape(dx.images, dx.channels, dx.positions), dy.pointer, dx.pointer)
    return dx
  }

  private func shape(_ images: Int, _ channels: Int, _ positions: Int) -> MotetFeatures {
    MotetFeatures(images: Int32(images), channels: Int32(channels), positions: Int32(positions))
  }
}
