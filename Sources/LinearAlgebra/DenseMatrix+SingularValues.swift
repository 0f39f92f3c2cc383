extension DenseMatrix {
  /// The singular values, as many as rows or columns, whichever are fewer, the greatest first
  /// (LAPACK's dgesdd).
  public func singularValues() -> [Double] {
    let count = min(rows, columns)
    guard count > 0 else { return [] }
    // Fortran sees the transposed matrix, which has the same.
    var (a, found) = (values, [Double](repeating: 0, count: count))
    var (m, n, one, info) = (Int32(columns), Int32(rows), Int32(1), Int32(0))
    var (none, work, workSize) = (0.0, [0.0], Int32(-1))
    var wholes = [Int32](repeating: 0, count: 8 * count)
    func call(_ work: inout [Double]) {
      var other = 0.0
      OpenBLAS.functions.dgesdd(
        "N", &m, &n, &a, &m, &found, &none, &one, &other, &one, &work, &workSize, &wholes, &info, 1)
    }
    // Asked with a size of -1, it says what work space it wants.
    call(&work)
    workSize = Int32(work[0])
    work = [Double](repeating: 0, count: Int(workSize))
    call(&work)
    precondition(
      info == 0, "dgesdd: \(info) for a matrix of \(rows) x \(columns); are its values finite?")
    return found
  }
}
