import Catalogues
import TestSupport
import Testing

@testable import Datasets

@Suite struct PartitionTests {
  private func cut(
    _ labels: [Int32], classes: Int, clients: Int, alpha: Double, minimum: Int = 0,
    seed: UInt64 = 1, modality: String = "image"
  ) throws -> Partition {
    try Partition(
      PartitionInput(
        modality: modality, labels: labels, classes: classes, clients: clients, seed: seed),
      minimum: minimum, by: try partitioners.make(["name": "dirichlet", "alpha": .number(alpha)]))
  }

  private let labels = (0..<2_000).map { Int32($0 * 7 % 10) }

  @Test(arguments: [1e-3, 0.1, 1, 1e3], [1, 3, 100, 1_000])
  func everySampleGoesToExactlyOneClient(_ alpha: Double, _ clients: Int) throws {
    let partition = try cut(labels, classes: 10, clients: clients, alpha: alpha)
    #expect(partition.clients == clients)
    #expect(partition.indices.sorted() == Array(labels.indices))
    #expect(partition.moved == 0)
    for client in 0..<clients {
      let own = Array(partition.samples(of: client))
      #expect(own == own.sorted() && own.count == partition.count(client))
    }
    let counts = partition.counts(labels: labels, classes: 10)
    for label in 0..<10 { #expect(counts.reduce(0) { $0 + $1[label] } == 200) }
  }

  @Test func alphaSetsTheSkew() throws {
    // Nearly all of a class goes to one client, and nearly none of its shares underflows to NaN.
    let skewed = try cut(labels, classes: 10, clients: 100, alpha: 1e-3)
    let skewedCounts = skewed.counts(labels: labels, classes: 10)
    let largest = (0..<10).map { label in skewedCounts.map { $0[label] }.max()! }
    #expect(largest.reduce(0, +) >= 10 * 170, "\(largest)")
    // Every client gets 2 of the 200 of each class, give or take.
    let even = try cut(labels, classes: 10, clients: 100, alpha: 1e3)
    for row in even.counts(labels: labels, classes: 10) {
      #expect(row.allSatisfy { 1...3 ~= $0 })
    }
    let middle = try cut(labels, classes: 10, clients: 10, alpha: 1)
    #expect(Set((0..<10).map(middle.count)).count > 3)
  }

  /// The mean share of a client is 1/K and its variance (K − 1) / (K²(Kα + 1)).
  @Test(arguments: [0.1, 1, 10])
  func sharesHaveDirichletMoments(_ alpha: Double) throws {
    let clients = 5
    let classes = 400
    let labels = (0..<classes * 500).map { Int32($0 % classes) }
    let partition = try cut(labels, classes: classes, clients: clients, alpha: alpha)
    let shares = partition.counts(labels: labels, classes: classes).flatMap {
      $0.map { Double($0) / 500 }
    }
    let k = Double(clients)
    let variance = (k - 1) / (k * k * (k * alpha + 1))
    let found = shares.reduce(0) { $0 + ($1 - 1 / k) * ($1 - 1 / k) } / Double(shares.count)
    #expect(abs(found / variance - 1) < 0.15, "\(found) for \(variance)")
    // Each client by itself: the first is not favoured.
    for client in 0..<clients {
      let mean = Double(partition.count(client)) / Double(labels.count)
      #expect(abs(mean - 1 / k) < 5 * (variance / Double(classes)).squareRoot(), "client \(client)")
    }
  }

  @Test func cutsDependOnSeedAndModalityAlone() throws {
    let first = try cut(labels, classes: 10, clients: 20, alpha: 0.1)
    #expect(try cut(labels, classes: 10, clients: 20, alpha: 0.1) == first)
    #expect(try cut(labels, classes: 10, clients: 20, alpha: 0.1, seed: 2) != first)
    #expect(try cut(labels, classes: 10, clients: 20, alpha: 0.1, modality: "audio") != first)
  }

  @Test(arguments: [1e-3, 0.1, 1e3], [1, 7, 20])
  func theMinimumIsHonoured(_ alpha: Double, _ minimum: Int) throws {
    let partition = try cut(labels, classes: 10, clients: 100, alpha: alpha, minimum: minimum)
    #expect((0..<100).allSatisfy { partition.count($0) >= minimum })
    #expect(partition.indices.sorted() == Array(labels.indices))
    if alpha == 1e-3 { #expect(partition.moved >= 80 * minimum) }
  }

  @Test func anImpossibleMinimumIsRefused() throws {
    let said = message {
      _ = try cut(labels, classes: 10, clients: 100, alpha: 1, minimum: 21)
    }
    #expect(
      said == "minimum: image has 2000 samples for 100 clients: a minimum of 21 each cannot be; "
        + "at most 20 can")
    #expect(
      message { _ = try cut(labels, classes: 10, clients: 0, alpha: 1) }?
        .hasPrefix("clients: 0 is not") == true)
    for alpha in [0, -1, 1e-4, 1e6, .infinity] {
      #expect(throws: (any Error).self) { try cut(labels, classes: 10, clients: 2, alpha: alpha) }
    }
  }

  @Test func clientsWithoutTheModalityLeaveTheirPartsUnused() throws {
    let whole = try cut(labels, classes: 10, clients: 20, alpha: 0.5)
    let holders = [0, 3, 4, 11, 19]
    let held = whole.held(by: holders, redistribute: false, seed: 1, modality: "image")
    for client in 0..<20 {
      #expect(
        Array(held.samples(of: client))
          == (holders.contains(client) ? Array(whole.samples(of: client)) : []))
    }
    #expect(whole.held(by: [], redistribute: true, seed: 1, modality: "image").indices.isEmpty)
  }

  @Test(arguments: [[7], [0, 3, 4, 11, 19], Array(0..<12)])
  func redistributedPartsGoWholeToOneHolder(_ holders: [Int]) throws {
    let whole = try cut(labels, classes: 10, clients: 20, alpha: 0.5)
    let held = whole.held(by: holders, redistribute: true, seed: 1, modality: "image")
    #expect(held.indices.sorted() == Array(labels.indices))
    var received = [Int: Int]()
    for client in 0..<20 where whole.count(client) > 0 {
      let owners = holders.filter {
        !Set(held.samples(of: $0)).isDisjoint(with: whole.samples(of: client))
      }
      #expect(owners.count == 1)
      #expect(Set(held.samples(of: owners[0])).isSuperset(of: whole.samples(of: client)))
      if holders.contains(client) {
        #expect(owners == [client])
      } else {
        received[owners[0], default: 0] += 1
      }
    }
    #expect(received.values.max()! <= (20 - holders.count + holders.count - 1) / holders.count)
    for client in holders {
      #expect(Array(held.samples(of: client)) == held.samples(of: client).sorted())
    }
    #expect(whole.held(by: holders, redistribute: true, seed: 1, modality: "image") == held)
    if holders.count > 1 {
      #expect(whole.held(by: holders, redistribute: true, seed: 2, modality: "image") != held)
    }
  }

  @Test func fewerSamplesThanClients() throws {
    let partition = try cut([0, 1, 1], classes: 3, clients: 50, alpha: 0.1)
    #expect(partition.indices.sorted() == [0, 1, 2])
    #expect(try cut([], classes: 3, clients: 4, alpha: 0.1).indices.isEmpty)
  }
}
