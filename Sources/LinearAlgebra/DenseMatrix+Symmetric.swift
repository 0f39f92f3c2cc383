/// A symmetric matrix that is not positive definite, as Cholesky's factors ask for.
public struct NotPositiveDefinite: Error, CustomStringConvertible {
  /// Of the first leading part that is not, from 1.
  public let order: Int

  public var description: String {
    "the matrix is not positive definite (its leading part of order \(order))"
  }
}

extension DenseMatrix {
  /// X of A X = B for this symmetric, positive definite A, by Cholesky's factors (LAPACK's dpotrf
  /// and dpotrs). Values above the diagonal alone are read.
  public func solved(_ b: DenseMatrix) throws(NotPositiveDefinite) -> DenseMatrix {
    precondition(rows == columns && rows == b.rows, "\(rows) x \(columns) with \(b.rows) rows")
    // Rows of ours are Fortran's columns: what is above our diagonal lies below its.
    var (factor, x) = (values, b.transposed.values)
    var (n, count, info) = (Int32(rows), Int32(b.columns), Int32(0))
    OpenBLAS.functions.dpotrf("L", &n, &factor, &n, &info, 1)
    precondition(info >= 0, "dpotrf's argument \(-info)")
    guard info == 0 else { throw NotPositiveDefinite(order: Int(info)) }
    OpenBLAS.functions.dpotrs("L", &n, &count, factor, &n, &x, &n, &info, 1)
    precondition(info == 0, "dpotrs's argument \(-info)")
    return DenseMatrix(rows: b.columns, columns: b.rows, x).transposed
  }

  /// The eigenvalues of this symmetric matrix, the least first (LAPACK's dsyevd). Values above the
  /// diagonal alone are read.
  public func eigenvalues() -> [Double] { eigen("N").values }

  /// The eigenvalues of this symmetric matrix, the least first, and in the rows of a matrix of its
  /// shape an eigenvector of length 1 of each, whose sign says nothing (LAPACK's dsyevd). Values
  /// above the diagonal alone are read.
  public func eigenvectors() -> (values: [Double], vectors: DenseMatrix) { eigen("V") }

  /// - Parameter wanted: N for eigenvalues alone, V for vectors too.
  private func eigen(_ wanted: String) -> (values: [Double], vectors: DenseMatrix) {
    precondition(rows == columns, "eigenvalues of \(rows) x \(columns)")
    guard rows > 0 else { return ([], self) }
    var (a, found) = (values, [Double](repeating: 0, count: rows))
    var (n, info) = (Int32(rows), Int32(0))
    // Asked with sizes of -1, it says what work space it wants.
    var (workSize, wholeSize) = (Int32(-1), Int32(-1))
    var (work, wholes) = ([0.0], [Int32(0)])
    OpenBLAS.functions.dsyevd(
      wanted, "L", &n, &a, &n, &found, &work, &workSize, &wholes, &wholeSize, &info, 1, 1)
    (workSize, wholeSize) = (Int32(work[0]), wholes[0])
    work = [Double](repeating: 0, count: Int(workSize))
    wholes = [Int32](repeating: 0, count: Int(wholeSize))
    OpenBLAS.functions.dsyevd(
      wanted, "L", &n, &a, &n, &found, &work, &workSize, &wholes, &wholeSize, &info, 1, 1)
    precondition(info == 0, "dsyevd: \(info) for a matrix of \(rows) rows; are its values finite?")
    // Fortran's columns, which are the vectors, are rows of ours.
    return (found, DenseMatrix(rows: rows, columns: rows, a))
  }
}
