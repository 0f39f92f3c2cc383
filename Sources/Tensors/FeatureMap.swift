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

  /// Rows as features of one position each, in the same memory: what is blocked is then plain too.
  public init(rows: Matrix) {
    precondition(rows.pointer == rows.buffer.pointer, "features that begin within a buffer")
    buffer = rows.buffer
    images = rows.rows
    channels = rows.columns
    height = 1
    width = 1
    layout = .blocked
  }

  /// Features of one position as rows [images][channels], in the same memory.
  public var rows: Matrix {
    precondition(positions == 1, "\(positions) positions are no row")
    return Matrix(buffer, rows: images, columns: channels)
  }

  public var positions: Int { height * width }
  /// Values an image.
  public var imageCount: Int { channels * positions }
  @inline(__always)
  public var pointer: UnsafeMutablePointer<Float> { buffer.pointer }
}
