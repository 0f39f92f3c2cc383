/// A matrix of Float64 values, row by row. Its products are OpenBLAS's.
public struct DenseMatrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// [rows, columns].
  public var values: [Double]

  public init(rows: Int, columns: Int, _ values: [Double]) {
    precondition(
      values.count == rows * columns, "\(values.count) values of \(rows) x \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Of zeros.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, [Double](repeating: 0, count: rows * columns))
  }

  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  public var transposed: DenseMatrix {
    var other = DenseMatrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { other[column, row] = self[row, column] }
    }
    return other
  }

  /// Adds A B, either of them transposed where it says so.
  public mutating func add(
    productOf a: DenseMatrix, transposed aIsTransposed: Bool = false, _ b: DenseMatrix,
    transposed bIsTransposed: Bool = false
  ) {
    let (m, inner) = aIsTransposed ? (a.columns, a.rows) : (a.rows, a.columns)
    let (other, n) = bIsTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
    precondition(
      inner == other && rows == m && columns == n,
      "a product of \(m) x \(inner) and \(other) x \(n) in \(rows) x \(columns)")
    guard m > 0, n > 0, inner > 0 else { return }
    OpenBLAS.functions.dgemm(
      CBLAS.rowMajor, aIsTransposed ? CBLAS.transposed : CBLAS.plain,
      bIsTransposed ? CBLAS.transposed : CBLAS.plain, Int32(m), Int32(n), Int32(inner), 1, a.values,
      Int32(a.columns), b.values, Int32(b.columns), 1, &values, Int32(n))
  }

  /// Adds Aᵀ A, the products of A's columns with one another, to a symmetric matrix.
  public mutating func add(gramOf a: DenseMatrix) {
    precondition(
      rows == a.columns && columns == rows, "\(a.columns) columns' products in \(rows) x \(columns)"
    )
    guard rows > 0, a.rows > 0 else { return }
    OpenBLAS.functions.dsyrk(
      CBLAS.rowMajor, CBLAS.upper, CBLAS.transposed, Int32(rows), Int32(a.rows), 1, a.values,
      Int32(a.columns), 1, &values, Int32(rows))
    for row in 1..<max(rows, 1) {
      for column in 0..<row { self[row, column] = self[column, row] }
    }
  }
}
