import Checkpoints
import Foundation
import HDF5
import Tensors
import TestSupport
import Testing

/// Which model a measurement is of: that of which round, and with whose norms.
@Suite(.serialized) struct EvaluatedModelTests {
  private func measure(
    _ job: SmallJob, _ name: String, _ modality: String, _ more: String...
  ) throws -> ProcessResult {
    try run(
      "motet",
      ["evaluate", job.folder.path(name), "--task", "knn", "--data", job.folder.path("data.h5")]
        + (["k=20", "modality=\(modality)"] + more).flatMap { ["--set", $0] })
  }

  /// The share that a measurement found.
  private func accuracy(_ result: ProcessResult) throws -> Double {
    try #require(result.status == 0, "\(result.errors)")
    let words = try #require(result.lines.first).split(separator: " ")
    let place = try #require(words.firstIndex(of: "accuracy"))
    return try #require(Double(words[place + 1]))
  }

  private func monitor(_ job: SmallJob, _ name: String) throws -> [String: Double] {
    let file = try HDF5File.open(job.folder.path("\(name)/results.h5"))
    let rounds: [Int64] = try file.read("/monitor/round")
    let accuracies: [Double] = try file.read("/monitor/accuracy")
    let modalities = try file.texts("/monitor/modality")
    return rounds.indices.reduce(into: [:]) {
      $0["\(modalities[$1]) \(rounds[$1])"] = accuracies[$1]
    }
  }

  /// Before training, after a kept round, after the last: what the monitor found there. On ranks
  /// the same.
  @Test func roundsAreThoseOfTheMonitor() throws {
    let job = try SmallJob(encoder: SmallJob.vit)
    let trained = try run(
      "motet", job.arguments("run", "monitor.every=1", "federation.keep=[1]"))
    try #require(trained.status == 0, "\(trained.errors)")
    let found = try monitor(job, "run")
    #expect(found.count == 6)
    for modality in ["image", "audio"] {
      for (round, choice) in [(0, ["round=0"]), (1, ["round=1"]), (2, ["round=2"]), (2, [])] {
        let own = try choice.first.map { try measure(job, "run", modality, $0) }
        let result = try own ?? measure(job, "run", modality)
        let expected = try #require(found["\(modality) \(round)"])
        #expect(try abs(accuracy(result) - 100 * expected) < 0.006, "\(modality) \(choice)")
        #expect(result.output.contains("  round \(round)  "), "\(result.output)")
      }
    }
    try FileManager.default.removeItem(atPath: job.folder.path("run/evaluations"))
    let ranks = try mpirun(
      3, "motet",
      [
        "evaluate", job.folder.path("run"), "--task", "knn", "--data", job.folder.path("data.h5"),
        "--set", "k=20", "--set", "modality=audio", "--set", "round=0",
      ])
    #expect(
      try abs(accuracy(ranks) - 100 * #require(found["audio 0"])) < 0.006, "\(ranks.errors)")
    for (text, said) in [
      ("round=3", "there is no checkpoint of round 3; there are: 1, 2"),
      ("round=-1", "round: expected the number of a round"),
      ("round=first", "round: expected the number of a round"),
    ] {
      let refused = try measure(job, "run", "audio", text)
      #expect(refused.status != 0 && refused.errors.contains(said), "\(refused.errors)")
      #expect(refused.errors.split(separator: "\n").count == 1)
    }
  }

  /// Sounds, which no client had, are measured as by a model that has the images' norms for them.
  @Test func untrainedModalitiesAreMeasuredWithTheTrainedNorms() throws {
    let job = try SmallJob()
    let images = ["clients.mix={ image: 100% }", "shards=\(job.folder.path("images"))"]
      .flatMap { ["--set", $0] }
    let sharding = try run("motet", ["shard", job.path] + images)
    try #require(sharding.status == 0, "\(sharding.errors)")
    for norms in ["statistics", "own"] {
      let trained = try run("motet", job.arguments(norms, "encoder.norms=\(norms)") + images)
      try #require(trained.status == 0, "\(trained.errors)")
      let sounds = try accuracy(measure(job, norms, "audio"))
      let found = try monitor(job, norms)
      #expect(try abs(sounds - 100 * #require(found["audio 2"])) < 0.006)

      let checkpoint = try CheckpointFolder(job.folder.path(norms)).load(round: 2)
      let (model, layout) = (checkpoint.model, checkpoint.model.layout)
      var changed = 0
      for entry in layout.entries where entry.name.hasPrefix("norms.audio.") {
        let lender = try #require(layout.entry("norms.image.\(entry.plainName)"))
        changed += Array(model[entry.range]) == Array(model[lender.range]) ? 0 : 1
        _ = model[entry.range].update(fromContentsOf: model[lender.range])
      }
      #expect(changed >= 40)
      try FileManager.default.createDirectory(
        atPath: job.folder.path("lent"), withIntermediateDirectories: true)
      try CheckpointFolder(job.folder.path("lent")).save(checkpoint)
      #expect(try accuracy(measure(job, "lent", "audio")) == sounds)
      try FileManager.default.removeItem(atPath: job.folder.path("lent"))
    }
  }
}
