import Foundation
import TestSupport
import Testing

/// One model, whatever trains it.
@Suite(.serialized) struct RankTests {
  /// The same SHA-256 on 1, 2, 3 and 5 ranks, with either schedule, and with every number of lanes
  /// that fuses multiply and add.
  @Test(arguments: [
    [],
    smallViT + [
      "method.name=barlowtwins", "encoder.hidden_norm=true", "federation.aggregator.name=ldawa",
      "federation.aggregator.warmup=1",
    ],
    smallViT + [
      "method.name=byol", "method.hidden=64", "method.schedule=cosine",
      "training.optimizer.name=adamw", "training.rate=1e-3", "training.clip=1",
    ],
    smallViT + [
      "method.name=moco", "method.queue=100", "encoder.hidden=64",
      "training.optimizer.name=lars", "training.rate=1",
    ],
  ])
  func sameModelOnAnyRanksSchedulesAndLanes(_ settings: [String]) throws {
    let job = try SmallJob(settings: settings)
    let alone = try run("motet", job.arguments("alone"))
    let expected = try #require(hash(alone), "\(alone.errors)")
    for ranks in [1, 2, 3, 5] {
      for schedule in ["hosted", "balanced"] {
        // Of five ranks, those of a node have a sum by twos, or each its own.
        let groups = ranks < 5 ? [:] : ["MOTET_GROUP": schedule == "hosted" ? "2" : "1"]
        let result = try mpirun(
          ranks, "motet", job.arguments("\(ranks)-\(schedule)", "federation.schedule=\(schedule)"),
          environment: groups)
        #expect(result.status == 0, "\(result.errors)")
        #expect(hash(result) == expected, "\(ranks) ranks, \(schedule)")
      }
    }
    let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let lanes = [(4, " fma "), (8, " avx2 "), (16, " avx512bw ")]
    for (lanes, flag) in lanes where flags.contains(flag) {
      let result = try run(
        "motet", job.arguments("lanes-\(lanes)"), environment: ["MOTET_LANES": "\(lanes)"])
      #expect(hash(result) == expected, "\(lanes) lanes: \(result.errors)")
    }
    let threads = try mpirun(3, "motet", job.arguments("threads", "training.threads=2"))
    #expect(hash(threads) == expected, "2 threads: \(threads.errors)")
    let again = try run("motet", ["hash", job.folder.path("alone")])
    #expect(hash(again) == expected)
    // Asking for what is done does nothing, and says the same.
    #expect(hash(try run("motet", job.arguments("alone"))) == expected)
  }

  /// A third of the ResNet's time.
  private static let smallViT = [
    "encoder.name=vit", "encoder.patch=8", "encoder.width=64", "encoder.depth=2", "encoder.heads=2",
    "encoder.mlp=128",
  ]

  /// What a rank holds does not depend on how many clients it hosts, given batches of one size.
  @Test func memoryDoesNotGrowWithClients() throws {
    func peak(clients: Int) throws -> Int {
      let job = try SmallJob(clients: clients, alpha: 1000)
      let result = try run(
        "motet",
        job.arguments(
          "run", "training.batch=2", "training.rate=1e-5", "federation.rounds=1",
          "monitor.every=0", "federation.participation=\(Double(6) / Double(clients))"))
      let line = result.lines.first { $0.hasPrefix("peak memory of a rank: ") }
      return try #require(line?.split(separator: " ").dropLast().last.flatMap { Int($0) })
    }
    let few = try peak(clients: 6)
    let many = try peak(clients: 60)
    #expect(many <= few + few / 20, "\(few) MiB with 6 clients, \(many) MiB with 60")
  }
}
