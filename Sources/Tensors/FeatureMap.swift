/// Features of a batch of images, in memory of a pool.
public struct FeatureMap {
  public enum Layout: Sendable {
    /// [image][channel / B][row][column][channel % B], B the kernels' lanes.
    case blocked
    /// [image][row][column][channel]: what views are, before the first convolution.
    case plain
  }

  public let buffer: Buffer
  public let images: Int
  public let channels: Int
  public let height: Int
  public let width: Int
  public let layout: Layout

  public init(
    _ pool: BufferPool, images: Int, channels: Int, height: Int, width: Int,
    layout: Layout = .blocked
  ) {
    buffer = pool.take(images * channels * height * width)
    self.images = images
    self.channels = channels
    self.height = height
    self.width = width
    self.layout = layout
  }

  public var positions: Int { height * width }
  /// Values an image.
  public var imageCount: Int { channels * positions }
  @inline(__always)
  public var pointer: UnsafeMutablePointer<Float> { buffer.pointer }
}
