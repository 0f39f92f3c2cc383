import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

@Suite struct DirichletBalancedTests {
  private func labels(_ sizes: [Int]) -> [Int32] {
    sizes.enumerated().flatMap { [Int32](repeating: Int32($0), count: $1) }
  }

  /// Samples by client and class.
  private func counts(
    _ sizes: [Int], clients: Int, alpha: Double, name: String = "dirichlet-balanced"
  ) throws -> [[Int]] {
    let labels = labels(sizes)
    return try Partition(
      PartitionInput(
        modality: "image", labels: labels, classes: sizes.count, clients: clients, seed: 1),
      by: try partitioners.make(["name": .text(name), "alpha": .number(alpha)])
    ).counts(labels: labels, classes: sizes.count)
  }

  /// The classes that a client sees, counted by exp(entropy), mean over the clients.
  private func variety(_ counts: [[Int]]) -> Double {
    let each = counts.map { row -> Double in
      let total = Double(row.reduce(0, +))
      return exp(
        row.filter { $0 > 0 }.reduce(0) { $0 - Double($1) / total * log(Double($1) / total) })
    }
    return each.reduce(0, +) / Double(each.count)
  }

  static let sizes = [
    [Int](repeating: 5_000, count: 10), [3_000, 10, 0, 700, 701, 1], [7], [2, 1], [0, 0],
    (0..<44).map { 1 + 12_000 / ($0 + 1) },
  ]

  @Test(arguments: [1e-3, 0.1, 1, 1e5], sizes)
  func clientsHaveEqualSize(_ alpha: Double, _ sizes: [Int]) throws {
    for clients in [1, 7, 100] {
      let counts = try counts(sizes, clients: clients, alpha: alpha)
      let total = sizes.reduce(0, +)
      let found = counts.map { $0.reduce(0, +) }
      #expect(found == (0..<clients).map { total / clients + ($0 < total % clients ? 1 : 0) })
      for label in sizes.indices {
        #expect(counts.reduce(0) { $0 + $1[label] } == sizes[label])
      }
    }
  }

  @Test func alphaSetsTheSkew() throws {
    let sizes = [Int](repeating: 5_000, count: 10)
    let varieties = try [1e-3, 0.1, 1, 1e5].map {
      variety(try counts(sizes, clients: 100, alpha: $0))
    }
    #expect(varieties == varieties.sorted(), "\(varieties)")
    #expect(varieties[0] < 1.3 && varieties[3] > 9.99, "\(varieties)")
    // Every client gets 50 of each class, give or take.
    let even = try counts(sizes, clients: 100, alpha: 1e5)
    #expect(even.allSatisfy { $0.allSatisfy { 48...52 ~= $0 } })
    // Where Dirichlet alone leaves many with next to nothing.
    let plain = try counts(sizes, clients: 100, alpha: 0.1, name: "dirichlet")
    #expect(plain.map { $0.reduce(0, +) }.min()! < 50)
  }

  /// Of classes of equal size the scaled shares are those of Orchestra's loop: rows and columns at
  /// once, 100 times.
  @Test(arguments: [0.5, 1, 10])
  func scalesAsOrchestraDoes(_ alpha: Double) {
    let (classes, clients, size) = (10, 20, 600)
    var random = RandomStream(seed: 7, purpose: .partition)
    let shares = (0..<classes).map { _ in (0..<clients).map { _ in random.logGamma(alpha) } }
    var expected = shares.map { row -> [Double] in
      let sum = row.reduce(0) { $0 + exp($1) }
      return row.map { exp($0) / sum / Double(classes) }
    }
    for _ in 0..<100 {
      let byClass = expected.map { $0.reduce(0, +) }
      let byClient = (0..<clients).map { client in expected.reduce(0) { $0 + $1[client] } }
      for label in 0..<classes {
        for client in 0..<clients { expected[label][client] /= byClass[label] * byClient[client] }
      }
    }
    let found = DirichletBalanced.balanced(
      shares, sizes: [Int](repeating: size, count: classes))
    for label in 0..<classes {
      for client in 0..<clients {
        let samples = expected[label][client] * Double(classes * size)
        #expect(abs(found[label][client] - samples) < 0.01, "\(label) \(client)")
      }
    }
    // Rounded, each is within a sample or two of its share.
    let counts = DirichletBalanced.rounded(
      found, sizes: [Int](repeating: size, count: classes), clients: clients)
    for label in 0..<classes {
      for client in 0..<clients {
        #expect(abs(Double(counts[label][client]) - found[label][client]) < 2)
      }
    }
  }

  @Test func impossibleAlphasAreRefused() {
    for alpha in [0, -1, 1e-4, 1e6, .infinity, .nan] {
      #expect(
        message { _ = try DirichletBalanced(.init(alpha: alpha)) }
          == "alpha: \(alpha) is outside 0.001 to 100000")
    }
  }
}
