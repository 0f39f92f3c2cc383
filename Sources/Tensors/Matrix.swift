/// A plain matrix [rows][columns], in memory of a pool: pooled features, projections.
public struct Matrix {
  public let buffer: Buffer
  public let rows: Int
  public let columns: Int

  public init(_ pool: BufferPool, rows: Int, columns: Int) {
    buffer = pool.take(rows * columns)
    self.rows = rows
    self.columns = columns
  }

  @inline(__always)
  public var pointer: UnsafeMutablePointer<Float> { buffer.pointer }
  public var floats: UnsafeMutableBufferPointer<Float> { buffer.floats }
}
