import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Against sums that are written out, and matrices whose answers are known.
@Suite struct DenseMatrixTests {
  private func made(_ number: UInt64, _ rows: Int, _ columns: Int) -> DenseMatrix {
    DenseMatrix(
      rows: rows, columns: columns, noise(number << 32, rows * columns).map { Double($0) })
  }

  private func worst(_ a: DenseMatrix, _ b: DenseMatrix) -> Double {
    zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Term by term.
  private func product(_ a: DenseMatrix, _ b: DenseMatrix) -> DenseMatrix {
    var c = DenseMatrix(rows: a.rows, columns: b.columns)
    for i in 0..<a.rows {
      for j in 0..<b.columns {
        for k in 0..<a.columns { c[i, j] += a[i, k] * b[k, j] }
      }
    }
    return c
  }

  @Test(arguments: [(1, 1, 1), (3, 5, 7), (64, 33, 20), (130, 1, 9)])
  func productsEqualTheirSums(m: Int, n: Int, inner: Int) {
    let (a, b) = (made(1, m, inner), made(2, inner, n))
    let expected = product(a, b)
    for (aTurned, bTurned) in [(false, false), (true, false), (false, true), (true, true)] {
      var c = DenseMatrix(rows: m, columns: n)
      c.add(
        productOf: aTurned ? a.transposed : a, transposed: aTurned, bTurned ? b.transposed : b,
        transposed: bTurned)
      #expect(worst(c, expected) < 1e-12)
    }
  }

  /// Added up over two parts of the rows: whole, and the same on both sides of the diagonal.
  @Test func gramIsTheProductOfTheColumns() {
    let (first, second) = (made(3, 40, 12), made(4, 25, 12))
    var gram = DenseMatrix(rows: 12, columns: 12)
    gram.add(gramOf: first)
    gram.add(gramOf: second)
    var expected = product(first.transposed, first)
    expected.add(productOf: second, transposed: true, second)
    #expect(worst(gram, expected) < 1e-12)
    #expect(gram.transposed == gram)
  }

  @Test func choleskySolves() throws {
    let (a, x) = (made(5, 50, 30), made(6, 30, 4))
    var gram = DenseMatrix(rows: 30, columns: 30)
    gram.add(gramOf: a)
    for i in 0..<30 { gram[i, i] += 1 }
    #expect(worst(try gram.solved(product(gram, x)), x) < 1e-10)
  }

  /// A matrix of rank 1 has no Cholesky factors beyond its first row.
  @Test func whatIsNotPositiveDefiniteIsSaid() {
    let flat = DenseMatrix(rows: 2, columns: 2, [1, 2, 2, 1])
    #expect(throws: NotPositiveDefinite.self) {
      try flat.solved(DenseMatrix(rows: 2, columns: 1))
    }
  }

  /// Of the second difference, 2 and −1 beside it: 2 − 2 cos(k π / (n + 1)).
  @Test func eigenvaluesOfTheSecondDifference() {
    let n = 40
    var a = DenseMatrix(rows: n, columns: n)
    for i in 0..<n {
      a[i, i] = 2
      if i > 0 { (a[i, i - 1], a[i - 1, i]) = (-1, -1) }
    }
    for (k, value) in a.eigenvalues().enumerated() {
      #expect(abs(value - (2 - 2 * cos(Double(k + 1) * .pi / Double(n + 1)))) < 1e-12)
    }
  }

  /// Each row of the vectors is of length 1, at a right angle to the others, and only stretched.
  @Test func eigenvectorsAreStretchedAlone() {
    let a = made(9, 50, 17)
    var gram = DenseMatrix(rows: 17, columns: 17)
    gram.add(gramOf: a)
    let (values, vectors) = gram.eigenvectors()
    #expect(zip(values, gram.eigenvalues()).allSatisfy { abs($0 - $1) < 1e-12 })
    let stretched = product(vectors, gram)
    for row in 0..<17 {
      for column in 0..<17 {
        #expect(abs(stretched[row, column] - values[row] * vectors[row, column]) < 1e-12)
      }
    }
    var identity = DenseMatrix(rows: 17, columns: 17)
    for i in 0..<17 { identity[i, i] = 1 }
    #expect(worst(product(vectors, vectors.transposed), identity) < 1e-12)
  }

  /// Their squares are the eigenvalues of Aᵀ A; wide and tall matrices have the same.
  @Test(arguments: [(1, 1), (50, 17), (17, 50), (4, 4)])
  func singularValues(rows: Int, columns: Int) {
    let a = made(10, rows, columns)
    let found = a.singularValues()
    #expect(found.count == min(rows, columns) && found == found.sorted(by: >))
    let eigenvalues = product(a.transposed, a).eigenvalues().reversed()
    for (own, square) in zip(found, eigenvalues) { #expect(abs(own * own - square) < 1e-12) }
    for (own, other) in zip(found, a.transposed.singularValues()) {
      #expect(abs(own - other) < 1e-13)
    }
  }

  /// The same product twice, in other memory: the same bits.
  @Test func bitsDoNotDependOnAddresses() {
    let (a, b) = (made(7, 300, 77), made(8, 77, 10))
    let results = (0..<8).map { shift -> [UInt64] in
      let space = [Double](repeating: 0, count: 3 * shift + 1)
      var (left, right) = (a, b)
      left.values[0] += 0
      right.values[0] += 0
      var c = DenseMatrix(rows: 300, columns: 10)
      c.add(productOf: left, right)
      return withExtendedLifetime(space) { c.values.map(\.bitPattern) }
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func buildNamesVersionAndKernels() throws {
    let build = try OpenBLAS.build()
    #expect(build.contains(/^[0-9.]+, \w+$/), "\(build)")
  }
}
