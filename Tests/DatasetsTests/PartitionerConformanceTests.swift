import Catalogues
import Foundation
import Inspection
import TestSupport
import Testing

@testable import Datasets

/// What holds for every partitioner, by name: a newcomer is tested before a test is written for it.
@Suite(.serialized) struct PartitionerConformanceTests {
  private let folder = TemporaryFolder()

  /// Ten classes, the last of them smaller by a third, and 52 groups of different sizes.
  private static let labels = (0..<1_934).map { Int32($0 % 29 % 10) }
  private static let grouping = Grouping((0..<1_934).map { "group \($0 % 52 * ($0 % 3 + 1) % 52)" })

  /// The settings that a partitioner needs for such samples beside its defaults.
  private func settings(_ name: String) -> Tree {
    guard name == "file" else { return ["name": .text(name)] }
    let lines = Self.labels.indices.map { "\($0),\($0 * 7 % 5)\n" }
    let path = folder.write("cut.csv", "sample,client\n" + lines.joined())
    return ["name": .text(name), "path": .text(path)]
  }

  private func cut(
    _ name: String, clients: Int, minimum: Int = 0, seed: UInt64 = 5, modality: String = "audio"
  ) throws -> Partition {
    try Partition(
      PartitionInput(
        modality: modality, labels: Self.labels, classes: 10, clients: clients,
        grouping: Self.grouping, seed: seed),
      minimum: minimum, by: try partitioners.make(settings(name)))
  }

  @Test(arguments: partitioners.names, [5, 13, 50])
  func everySampleHasOneClient(_ name: String, _ clients: Int) throws {
    let partition = try cut(name, clients: clients)
    #expect(partition.clients == clients && partition.moved == 0)
    #expect(partition.indices.sorted() == Array(Self.labels.indices))
  }

  @Test(arguments: partitioners.names)
  func theMinimumIsHonoured(_ name: String) throws {
    let partition = try cut(name, clients: 13, minimum: 100)
    #expect((0..<13).allSatisfy { partition.count($0) >= 100 })
    #expect(partition.indices.sorted() == Array(Self.labels.indices))
  }

  /// Nothing that was cut before makes a difference.
  @Test(arguments: partitioners.names)
  func theSameInputIsCutTheSameWay(_ name: String) throws {
    let partition = try cut(name, clients: 13, minimum: 3)
    for other in partitioners.names { _ = try cut(other, clients: 5, modality: "image") }
    #expect(try cut(name, clients: 13, minimum: 3) == partition)
  }

  @Test(arguments: partitioners.names)
  func optionsSurviveARoundTrip(_ name: String) throws {
    let resolved = try partitioners.resolve(settings(name))
    _ = try partitioners.make(resolved)
    let again = try partitioners.resolve(resolved)
    #expect(again == resolved)
    let said = message {
      _ = try partitioners.make(settings(name).with(["no_such_option": 1]))
    }
    #expect(said?.hasPrefix("no_such_option: unknown key") == true, "\(said ?? "")")
  }

  @Test(arguments: partitioners.names)
  func everyOptionIsExplained(_ name: String) throws {
    let entry = try partitioners.entry(named: name)
    #expect(try entry.meanings.keys.sorted() == entry.defaults().keys.sorted())
    #expect(!entry.summary.isEmpty && !entry.meanings.values.contains(""))
  }

  /// Shards say what they were made of: the same plan finds them, and they are drawn.
  @Test(arguments: partitioners.names)
  func shardsAreMadeAndFoundAgain(_ name: String) throws {
    let store = folder.path("a.h5")
    try saveStore(store) { writer in
      try writer.setClasses((0..<10).map { "c\($0)" }, of: "image")
      for (row, label) in Self.labels.enumerated() {
        try writer.add(
          .dense([UInt8(row & 255), 0, 7], shape: [1, 1, 3]), label: Int(label), modality: "image",
          split: "train", group: Self.grouping[row])
      }
    }
    let plan = ShardPlan(
      sources: ["image": try .init(path: store, partitioner: settings(name))], clients: 13, seed: 5)
    #expect(try makeShards(plan: plan, to: folder.path("shards")) == .written)
    #expect(try makeShards(plan: plan, to: folder.path("shards")) == .unchanged)
    let shards = try ShardReader.open(folder.path("shards"))
    #expect(ShardPlan.difference(found: shards.plan, wanted: try plan.entries()) == nil)
    #expect(try shards.partitions == plan.partitions())
    #expect(try describe(shards)[1].hasPrefix("image: 1934 samples by \(name)"))
    _ = try HeatMap(shards).draw()
  }
}
