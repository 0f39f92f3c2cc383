import Foundation
import HDF5
import TestSupport
import Testing

/// What follows the runs of a sweep: evaluations that join two cells, and embeddings.
@Suite(.serialized) struct SweepStagesTests {
  private let job: SmallJob

  init() throws {
    job = try SmallJob(rounds: 1, encoder: SmallJob.vit)
    try job.makePairs()
  }

  private func sweep(_ name: String, _ more: String) -> String {
    job.folder.write(
      "\(name).yaml",
      """
      base: small.yaml
      sweep:
        zip: [{ clients.mix: [{ image: 100% }, { audio: 100% }], label.method: [FVSSL, FASSL] }]
        grid:
          monitor.every: [0]
          encoder: [{ name: vit, input: 32, patch: 8, width: 32, depth: 1, heads: 2, mlp: 64, hidden: 32 }]
      evaluations:
        - name: joined
          data: pairs.h5
          k: 20
          cells: { label.method: FVSSL }
          with: { label.method: FASSL }
          with_modality: audio
      \(more)
      """)
  }

  private func folders(_ name: String) throws -> [String] {
    try run("motet", ["sweep", "status", job.folder.path("\(name).yaml")]).lines.dropLast()
      .map { line in
        let words = line.split(separator: " ")
        #expect(words[2] == "finished", "\(line)")
        return job.folder.path("runs/\(name)/00\(words[0])-\(words[1])")
      }
  }

  /// Both tasks of an array at once: the partner is trained once, by whoever comes first.
  @Test func joinsTwoCells() throws {
    let path = sweep("join", "embeddings: { data: [data.h5], limit: 5 }")
    let plan = try run("motet", ["sweep", "run", path, "--dry-run"])
    #expect(
      plan.lines.suffix(3).prefix(2) == [
        "evaluations: 1 (joined after 1 of 2 runs)", "embeddings: 2 files",
      ], "\(plan.errors)")
    let motet = productsFolder.appendingPathComponent("motet").path
    let tasks = try ["1", "2"].map { try RunningProcess(motet, ["sweep", "cell", path, $0]) }
    let results = tasks.map { $0.wait() }
    #expect(results.map(\.status) == [0, 0], "\(results.map(\.errors))")
    let models = results.flatMap { $0.lines.filter { $0.hasPrefix("model sha256") } }
    #expect(models.count == 2 && Set(models).count == 2)

    let runs = try folders("join")
    #expect(runs.count == 2)
    let again = try run(
      "motet",
      [
        "evaluate", runs[0], "--task", "joined", "--data", job.folder.path("pairs.h5"), "--with",
        runs[1], "--set", "with_modality=audio", "--set", "k=20",
      ])
    #expect(again.lines.count == 3, "\(again.errors)")
    #expect(again.lines.allSatisfy { $0.hasSuffix("measured before") }, "\(again.output)")
    let alone = try run("motet", ["evaluate", runs[0], "--file", path])
    #expect(alone.status == 1 && alone.errors.contains("the cell with --cell"), "\(alone.errors)")
    let ofOther = try run("motet", ["evaluate", runs[1], "--file", path, "--cell", "2"])
    #expect(ofOther.errors.contains("no evaluation follows cell 2"), "\(ofOther.errors)")

    // Embeddings are made again where they are missing, and nothing else is.
    try FileManager.default.removeItem(atPath: "\(runs[1])/embeddings/round-000001.h5")
    let status = try run("motet", ["sweep", "status", path])
    #expect(status.lines[1].contains("not embedded"), "\(status.output)")
    let left = try run("motet", ["sweep", "run", path])
    #expect(left.status == 0 && left.output.contains("cell 1: finished before"), "\(left.errors)")
    #expect(
      left.lines.contains("to do: 0 rounds, 0 views, 0 evaluations, 1 file of embeddings"))
    #expect(left.output.contains("10 samples") && !left.output.contains("model sha256"))

    // So are measurements that somebody removed or damaged.
    let records = try FileManager.default.contentsOfDirectory(atPath: "\(runs[0])/evaluations")
    let record = "\(runs[0])/evaluations/\(try #require(records.first { $0.hasSuffix(".h5") }))"
    for damage in ["removed", "cut"] {
      if damage == "removed" { try FileManager.default.removeItem(atPath: record) }
      if damage == "cut" { #expect(truncate(record, 500) == 0) }
      let status = try run("motet", ["sweep", "status", path])
      #expect(status.lines[0].contains("not evaluated"), "\(damage): \(status.output)")
      let again = try run("motet", ["sweep", "run", path])
      #expect(again.status == 0 && !again.output.contains("model sha256"), "\(again.errors)")
      #expect(FileManager.default.fileExists(atPath: record))
      _ = try folders("join")
    }
    // A checkpoint of another cell is none of this one's.
    let checkpoint = "checkpoint-000001.h5"
    try Data(contentsOf: URL(fileURLWithPath: "\(runs[0])/\(checkpoint)"))
      .write(to: URL(fileURLWithPath: "\(runs[1])/\(checkpoint)"))
    let foreign = try run("motet", ["sweep", "run", path])
    #expect(foreign.status == 0 && foreign.output.contains("model sha256"), "\(foreign.errors)")
    #expect(foreign.output.contains("moved to \(runs[1]).old-1"), "\(foreign.output)")

    // A sweep that uses these runs has both, too.
    let reuse = sweep("reuse", "embeddings: { data: [data.h5], limit: 5 }\nreuse: [runs/join]")
    let reused = try run("motet", ["sweep", "run", reuse])
    #expect(reused.status == 0 && !reused.output.contains("model sha256"), "\(reused.errors)")
    _ = try folders("reuse")
    let target = job.folder.path("all.h5")
    let gather = try run(
      "motet",
      ["gather", job.folder.path("runs"), "--to", target, "--embeddings", "--strict"])
    #expect(gather.status == 0, "\(gather.errors)")
    let file = try HDF5File.open(target)
    #expect(try file.names(in: "/embeddings").count == 2)
    let specs = try file.texts("/evaluations/spec")
    #expect(specs.count == 6 && specs.allSatisfy { $0.contains("\"with\":\"/") }, "\(specs)")
  }

  /// Before anything is computed.
  @Test func whatFollowsIsChecked() throws {
    for (more, part) in [
      ("embeddings: { data: [none.h5] }", "none.h5"),
      ("embeddings: { data: [data.h5], split: dev }", "data.h5: has no split 'dev'"),
      ("embeddings: { data: [pairs.h5, sounds.h5], modality: image }", "sounds.h5: has no image"),
      ("embeddings: { data: [data.h5, data.h5] }", "a name of its own"),
      (
        "embeddings: { data: [data.h5], rounds: [1, 2] }",
        "does not keep the checkpoint of round 2, but of 1"
      ),
    ] {
      let path = sweep("wrong", more)
      let result = try run("motet", ["sweep", "run", path, "--dry-run"])
      #expect(result.status == 1 && result.output.isEmpty, "\(result.output)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      #expect(result.errors.contains(part), "\(result.errors)")
      #expect(!job.folder.names.contains("runs"))
    }
  }
}
