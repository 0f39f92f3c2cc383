import Catalogues
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite(.serialized) struct FileTests {
  private let folder = TemporaryFolder()

  private func cut(_ text: String, samples: Int = 4, clients: Int = 3) throws -> Partition {
    try Partition(
      PartitionInput(
        modality: "image", labels: [Int32](repeating: 0, count: samples), classes: 1,
        clients: clients, seed: 1),
      by: try partitioners.make(["name": "file", "path": .text(folder.write("cut.csv", text))]))
  }

  @Test(arguments: [
    "sample,client\n0,2\n1,0\n2,2\n3,0\n",
    "\u{FEFF}\"client\",why,\"sample\"\r\n0,\"a, b\",3\r\n2,,2\r\n\r\n0,,1\r\n2,, 0",
  ])
  func clientsAreThoseOfTheFile(text: String) throws {
    let partition = try cut(text)
    #expect((0..<3).map { Array(partition.samples(of: $0)) } == [[1, 3], [], [0, 2]])
  }

  /// (the file, what is said of it).
  static let mistakes: [(String, String)] = [
    (
      "sample,client\n0,1\n1,1\n2,1\n0,2\n3,1\n",
      "line 5: sample 0 has a client in line 2; keep one of the two"
    ),
    (
      "sample,client\n0,1\n3,1\n",
      "there is no line for sample 1 and 1 other of the 4 of image; add a line for each"
    ),
    (
      "sample,client\n0,1\n1,1\n3,1\n",
      "there is no line for sample 2 of the 4 of image; add a line for each"
    ),
    (
      "sample,client\n0,3\n",
      "line 2: there is no client 3, only 0 to 2; correct it or change the number of clients"
    ),
    (
      "sample,client\n0,-1\n",
      "line 2: there is no client -1, only 0 to 2; correct it or change the number of clients"
    ),
    (
      "sample,client\n\n4,0\n",
      "line 3: there is no sample 4 of image, which has 0 to 3; remove the line"
    ),
    ("sample,client\n0,1.5\n", "line 2: sample '0' and client '1.5' must be whole numbers"),
    ("sample,client\n0\n", "line 2 does not fit the heading"),
    ("0,1\n1,1\n", "expected rows under a heading with sample,client"),
    ("", "expected rows under a heading with sample,client"),
    ("sample,client\n\"0,1\n", "line 2: a quote is not closed"),
  ]

  @Test(arguments: mistakes) func mistakesAreNamed(text: String, expected: String) {
    let path = folder.path("cut.csv")
    #expect(message { _ = try cut(text) } == "partitioner.path: \(path): \(expected)")
  }

  @Test func whatIsNotThereIsNamed() throws {
    #expect(
      message { _ = try partitioners.make("file") }
        == "path: missing; give a CSV file with the columns sample and client")
    let store = folder.path("a.h5")
    try writeStore(store, labels: [0], classes: 1)
    let plan = ShardPlan(
      sources: [
        "image": try .init(path: store, partitioner: ["name": "file", "path": "/none.csv"])
      ], clients: 1, seed: 1)
    #expect(
      message { _ = try plan.partitions() }
        == "partitioner.path: /none.csv: is missing or cannot be read; give a CSV file with the "
        + "columns sample and client")
    #expect(
      message { _ = try plan.entries() }
        == "/none.csv: is missing or cannot be read; the partitioner needs it")
  }

  /// What counts is what the file says, not where it is.
  @Test func shardsFollowTheContent() throws {
    let store = folder.path("a.h5")
    try writeStore(store, labels: [0, 0], classes: 1)
    func make(_ name: String, _ text: String) throws -> ShardOutcome {
      let settings: Tree = ["name": "file", "path": .text(folder.write(name, text))]
      let source = try ShardPlan.Source(path: store, partitioner: settings)
      return try makeShards(
        plan: ShardPlan(sources: ["image": source], clients: 2, seed: 1),
        to: folder.path("shards"))
    }
    #expect(try make("a.csv", "sample,client\n0,0\n1,1\n") == .written)
    #expect(try make("b.csv", "sample,client\n0,0\n1,1\n") == .unchanged)
    let said = message { _ = try make("a.csv", "sample,client\n0,1\n1,0\n") }
    #expect(said?.contains("another plan (image.partitioner.path is") == true, "\(said ?? "")")
  }
}
