import TestSupport
import Testing

@testable import Datasets

@Suite struct IIDTests {
  private let labels = (0..<10_000).map { Int32($0 / 1_000) }

  private func cut(clients: Int, seed: UInt64 = 1, modality: String = "image") throws -> Partition {
    try Partition(
      PartitionInput(
        modality: modality, labels: labels, classes: 10, clients: clients, seed: seed),
      by: try partitioners.make("iid"))
  }

  @Test(arguments: [1, 7, 100, 9_999, 20_000])
  func sizesDifferByOneAtMost(clients: Int) throws {
    let partition = try cut(clients: clients)
    let sizes = (0..<clients).map(partition.count)
    #expect(sizes == (0..<clients).map { 10_000 / clients + ($0 < 10_000 % clients ? 1 : 0) })
  }

  /// A client's samples of a class are hypergeometric: 1,000 of 10,000 with 1,000 marked.
  @Test func classesAreAsChanceHasThem() throws {
    let counts = try cut(clients: 10).counts(labels: labels, classes: 10).flatMap { $0 }
    let variance = 1_000 * 0.1 * 0.9 * 9_000 / 9_999
    #expect(counts.allSatisfy { abs(Double($0) - 100) < 5 * variance.squareRoot() })
    let found = counts.reduce(0.0) { $0 + (Double($1) - 100) * (Double($1) - 100) } / 100
    #expect(found > 0.5 * variance && found < 1.6 * variance, "\(found)")
  }

  @Test func seedAndModalityDecide() throws {
    let first = try cut(clients: 10)
    #expect(try cut(clients: 10, seed: 2) != first)
    #expect(try cut(clients: 10, modality: "audio") != first)
  }
}
