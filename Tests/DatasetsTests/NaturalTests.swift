import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite(.serialized) struct NaturalTests {
  private func cut(
    _ groups: [String], clients: Int, seed: UInt64 = 1, modality: String = "audio"
  ) throws -> Partition {
    try Partition(
      PartitionInput(
        modality: modality, labels: groups.indices.map { Int32($0 % 3) }, classes: 3,
        clients: clients, grouping: Grouping(groups), seed: seed),
      by: try partitioners.make("natural"))
  }

  /// The groups of each client.
  private func groups(_ partition: Partition, _ groups: [String]) -> [Set<String>] {
    (0..<partition.clients).map { Set(partition.samples(of: $0).map { groups[$0] }) }
  }

  private static let speakers = (0..<600).map { "speaker \($0 * $0 % 23)" }

  @Test func asManyGroupsAsClients() throws {
    let count = Set(Self.speakers).count
    let found = groups(try cut(Self.speakers, clients: count), Self.speakers)
    #expect(found.allSatisfy { $0.count == 1 } && Set(found).count == count)
  }

  @Test(arguments: [1, 2, 5, 11])
  func moreGroupsThanClientsAreDealt(clients: Int) throws {
    let count = Set(Self.speakers).count
    let found = groups(try cut(Self.speakers, clients: clients), Self.speakers)
    #expect(found.reduce(0) { $0 + $1.count } == count, "a group has two clients")
    #expect(found.allSatisfy { $0.count == count / clients || $0.count == count / clients + 1 })
  }

  @Test func fewerGroupsThanClientsAreRefused() {
    #expect(
      message { _ = try cut(["ann", "bob", "ann"], clients: 3) }
        == "partitioner: audio has 2 groups for 3 clients; lower the number of clients to at most "
        + "2, or choose another partitioner")
  }

  /// Pictures and sounds of one place have one client, in whatever order and number they come.
  @Test func modalitiesOfTheSameGroupsAreCutAlike() throws {
    let images = (0..<200).map { "place \($0 % 40)" }
    let sounds = images.reversed() + images
    func byGroup(_ names: [String], _ modality: String, _ seed: UInt64) throws -> [String: Int] {
      let partition = try cut(names, clients: 9, seed: seed, modality: modality)
      return (0..<9).reduce(into: [:]) { found, client in
        for sample in partition.samples(of: client) { found[names[sample]] = client }
      }
    }
    #expect(try byGroup(images, "image", 1) == byGroup(sounds, "audio", 1))
    #expect(try byGroup(images, "image", 1) != byGroup(images, "image", 2))
  }

  @Test func storesWithoutGroupsAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      try writeStore(path, labels: [0, 1, 0], classes: 2)
      let plan = ShardPlan(
        sources: ["image": try .init(path: path, partitioner: "natural")], clients: 2, seed: 1)
      let expected =
        "\(path): has no groups (speakers, writers, places) of 'image' in split 'train'; import "
        + "the data again where their makers give them, or choose another partitioner"
      #expect(message { try makeShards(plan: plan, to: "\(folder)/shards") } == expected)
      #expect(message { _ = try plan.partitions() } == expected)
      #expect(message { _ = try plan.entries() } == expected)
    }
  }

  /// Shards follow the groups, which the data's fingerprint does not see.
  @Test func shardsOfOtherGroupsAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.h5"
      func write(_ groups: [String]) throws {
        try saveStore(path) { writer in
          try writer.setClasses(["only"], of: "image")
          for (row, group) in groups.enumerated() {
            try writer.add(
              .dense([UInt8(row), 0, 7], shape: [1, 1, 3]), label: 0, modality: "image",
              split: "train",
              group: group)
          }
        }
      }
      func plan(_ partitioner: String) throws -> ShardPlan {
        ShardPlan(
          sources: ["image": try .init(path: path, partitioner: .text(partitioner))], clients: 2,
          seed: 1)
      }
      try write(["ann", "bob", "ann"])
      for name in ["natural", "dirichlet"] {
        try makeShards(plan: plan(name), to: "\(folder)/\(name)")
      }
      try write(["ann", "bob", "bob"])
      let said = message { try makeShards(plan: plan("natural"), to: "\(folder)/natural") }
      #expect(said?.contains("another plan (image.groups is") == true, "\(said ?? "")")
      #expect(try makeShards(plan: plan("dirichlet"), to: "\(folder)/dirichlet") == .unchanged)
    }
  }
}
