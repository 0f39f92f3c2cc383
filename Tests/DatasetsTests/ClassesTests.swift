import Catalogues
import TestSupport
import Testing

@testable import Datasets

@Suite struct ClassesTests {
  /// Samples by client and class, of classes of such sizes.
  private func counts(
    _ sizes: [Int], clients: Int, _ options: Tree = [:], seed: UInt64 = 1,
    modality: String = "image"
  ) throws -> [[Int]] {
    let labels = sizes.enumerated().flatMap { [Int32](repeating: Int32($0), count: $1) }
    let input = PartitionInput(
      modality: modality, labels: labels, classes: sizes.count, clients: clients, seed: seed)
    let partitioner = try partitioners.make(options.with(["name": "classes"]))
    return try Partition(input, by: partitioner).counts(labels: labels, classes: sizes.count)
  }

  /// FedEMA's setting: CIFAR-10, five clients of two whole classes each, in the order of EasyFL.
  @Test func fiveClientsOfTwoWholeClasses() throws {
    let counts = try counts([Int](repeating: 5_000, count: 10), clients: 5)
    for (client, row) in counts.enumerated() {
      #expect(row == (0..<10).map { $0 / 2 == client ? 5_000 : 0 })
    }
  }

  @Test(arguments: [(20, 1), (20, 2), (7, 3), (13, 10), (100, 2)])
  func aClientHasSoManyClassesInEqualParts(clients: Int, perClient: Int) throws {
    for shuffle in [false, true] {
      let counts = try counts(
        [Int](repeating: 600, count: 10), clients: clients,
        ["per_client": .whole(perClient), "shuffle": .flag(shuffle)])
      for row in counts { #expect(row.count { $0 > 0 } == perClient) }
      for label in 0..<10 {
        let parts = counts.map { $0[label] }.filter { $0 > 0 }
        #expect(parts.reduce(0, +) == 600)
        #expect(parts.max()! - parts.min()! <= 1)
        // No class has two clients more than another.
        #expect(abs(Double(parts.count) - Double(clients * perClient) / 10) < 1)
      }
    }
  }

  @Test func theOrderOfClassesMayBeDrawn() throws {
    let sizes = [Int](repeating: 10, count: 10)
    func drawn(_ seed: UInt64, _ modality: String = "image") throws -> [[Int]] {
      try counts(sizes, clients: 5, ["shuffle": true], seed: seed, modality: modality)
    }
    #expect(try counts(sizes, clients: 5, seed: 1) == counts(sizes, clients: 5, seed: 2))
    #expect(try drawn(1) != drawn(2) && drawn(1) == drawn(1) && drawn(1) != drawn(1, "audio"))
  }

  /// A class without samples is not dealt, and one of few samples goes as far as it does.
  @Test func classesOfNoneAndOfFewSamples() throws {
    let counts = try counts([40, 0, 3, 40], clients: 10, ["per_client": 2])
    #expect(counts.allSatisfy { $0[1] == 0 })
    #expect(counts.reduce(0) { $0 + $1[2] } == 3 && counts.allSatisfy { $0[2] <= 1 })
    #expect(counts.allSatisfy { row in 1...2 ~= row.count { $0 > 0 } })
    #expect(try self.counts([0, 0], clients: 3).allSatisfy { $0 == [0, 0] })
  }

  @Test func whatCannotBeDealtIsRefused() {
    #expect(
      message { _ = try counts([5, 0, 5], clients: 3, ["per_client": 3]) }
        == "partitioner.per_client: image has samples of 2 classes, fewer than 3 a client; "
        + "lower it to at most 2")
    #expect(
      message { _ = try counts([Int](repeating: 9, count: 44), clients: 5, modality: "audio") }
        == "partitioner.per_client: 5 clients of 2 classes leave out 34 of the 44 classes of audio; "
        + "raise it to at least 9, or the number of clients")
    #expect(
      message { _ = try counts([5], clients: 3, ["per_client": 0]) }
        == "per_client: 0 is outside 1 to 1000000")
  }
}
