/// A plain matrix [rows][columns], in memory of a pool: tokens, pooled features, projections; or
/// consecutive rows of another.
public struct Matrix {
  public let buffer: Buffer
  public let rows: Int
  public let columns: Int
  private let offset: Int

  public init(_ pool: BufferPool, rows: Int, columns: Int) {
    self.init(pool.take(rows * columns), offset: 0, rows: rows, columns: columns)
  }

  /// Of zeros.
  public static func zeros(_ pool: BufferPool, rows: Int, columns: Int) -> Matrix {
    let matrix = Matrix(pool, rows: rows, columns: columns)
    matrix.floats.update(repeating: 0)
    return matrix
  }

  init(_ buffer: Buffer, rows: Int, columns: Int) {
    self.init(buffer, offset: 0, rows: rows, columns: columns)
  }

  private init(_ buffer: Buffer, offset: Int, rows: Int, columns: Int) {
    self.buffer = buffer
    self.offset = offset
    self.rows = rows
    self.columns = columns
  }

  /// Some of the rows, in the same memory.
  public subscript(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return Matrix(
      buffer, offset: offset + range.lowerBound * columns, rows: range.count, columns: columns)
  }

  @inline(__always)
  public var pointer: UnsafeMutablePointer<Float> { buffer.pointer + offset }
  public var floats: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: rows * columns)
  }
}
