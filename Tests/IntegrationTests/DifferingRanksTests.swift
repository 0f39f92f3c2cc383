import Foundation
import TestSupport
import Testing

/// Each rank reads the job, the shards and its own program: a stale copy on one node must not end
/// in a model of two minds.
@Suite(.serialized) struct DifferingRanksTests {
  private let motet = productsFolder.appendingPathComponent("motet").path

  /// Three ranks, of which rank 2 runs another program, or the same with more arguments.
  private func run(
    _ job: SmallJob, _ arguments: [String], rank2 other: String
  ) throws -> ProcessResult {
    let script = job.folder.write(
      "ranks.sh",
      """
      #!/bin/sh
      if [ "$\(rankVariable)" = 2 ]; then exec \(other); fi
      exec '\(motet)' "$@"
      """)
    chmod(script, 0o755)
    return try mpirun(3, script, arguments, timeout: 60)
  }

  private func expectRefusal(_ result: ProcessResult, _ texts: String...) {
    let said = result.errors.split(separator: "\n").filter { $0.hasPrefix("motet: ") }
    #expect(result.status == 1 && said.count == 1, "\(result.output)\(result.errors)")
    for text in ["rank 2: "] + texts {
      #expect(said.first?.contains(text) == true, "\(result.errors)")
    }
  }

  @Test(arguments: [
    ("training.rate=0.5", "training.rate 0.03 -> 0.5"),
    ("federation.rounds=3", "federation.rounds 2 -> 3"),
    ("encoder.input=48", "encoder.input 32 -> 48"),
    ("monitor.every=1", "monitor.every 2 -> 1"),
    ("federation.schedule=hosted", "federation.schedule.name"),
  ])
  func anotherJobIsRefused(setting: String, said: String) throws {
    let job = try SmallJob(encoder: SmallJob.vit)
    let result = try run(job, job.arguments("run"), rank2: "'\(motet)' \"$@\" --set \(setting)")
    expectRefusal(result, "another job than rank 0's: ", said)
    #expect(!job.folder.names.contains("run"))
  }

  @Test func otherShardsAreRefused() throws {
    let job = try SmallJob(encoder: SmallJob.vit)
    // The same path, which leads elsewhere on rank 2's node.
    let copy = job.folder.path("node2")
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    for name in ["small.yaml", "data.h5"] {
      try FileManager.default.copyItem(
        atPath: job.folder.path(name), toPath: "\(copy)/\(name)")
    }
    let synthesis = try TestSupport.run(
      "motet",
      [
        "data", "synthesize", "--to", "\(copy)/data.h5", "--overwrite", "--seed", "2", "--images",
        "120", "--sounds", "80", "--classes", "4", "--side", "16",
      ])
    #expect(synthesis.status == 0, "\(synthesis.errors)")
    let cut = try TestSupport.run("motet", ["shard", "\(copy)/small.yaml"])
    #expect(cut.status == 0, "\(cut.errors)")
    let arguments = ["run", "small.yaml", "--set", "results=\(job.folder.path("run"))"]
    let script = job.folder.write(
      "ranks.sh",
      """
      #!/bin/sh
      if [ "$\(rankVariable)" = 2 ]; then cd '\(copy)'; else cd '\(job.folder.path)'; fi
      exec '\(motet)' "$@"
      """)
    chmod(script, 0o755)
    expectRefusal(try mpirun(3, script, arguments, timeout: 60), "other shards than rank 0's")
  }

  @Test func anotherBuildIsRefused() throws {
    let job = try SmallJob(encoder: SmallJob.vit)
    let copy = job.folder.path("motet")
    try FileManager.default.copyItem(atPath: motet, toPath: copy)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: copy))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    try handle.close()
    let result = try run(job, job.arguments("run"), rank2: "'\(copy)' \"$@\"")
    expectRefusal(result, "another build of motet than rank 0's")
  }
}
