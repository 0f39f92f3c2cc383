import Catalogues
import Checkpoints
import Tensors
import TestSupport
import Testing

@testable import Jobs

/// Numbers that no run could mean are refused before anything is computed.
@Suite struct LimitsTests {
  let folder = TemporaryFolder()

  private func load(_ settings: [String]) throws -> Job {
    try Job.load(
      folder.write("job.yaml", "data: { image: a.h5, audio: b.h5 }\n"), settings: settings)
  }

  static let counts = [
    "clients.count", "clients.minimum", "training.local_epochs", "training.batch",
    "training.smallest_batch", "training.threads", "federation.rounds",
    "federation.checkpoint_every", "monitor.every", "monitor.knn.k", "monitor.knn.bank",
    "monitor.knn.queries", "encoder.input", "encoder.hidden", "encoder.projection",
    "views.audio.hop", "views.audio.bins", "views.audio.window", "views.audio.transform",
    "views.audio.segments",
  ]

  @Test(arguments: counts) func countsHaveAnEnd(key: String) {
    for value in ["1000000000000", "9223372036854775807", "-1"] {
      let line = message { _ = try load(["\(key)=\(value)"]) } ?? "no error"
      #expect(line.contains("\(key): ") && line.contains(value), "\(line)")
    }
  }

  /// Whatever the job counts, its defaults lie within: a key that is gone would be no test.
  @Test func theKeysAreThere() throws {
    let job = try load([])
    for key in Self.counts { #expect(job.resolved[path: key]?.whole != nil, "\(key)") }
  }

  @Test(arguments: [[0], [-3], [5, 13], [9_223_372_036_854_775_807]])
  func whatIsKeptIsARound(keep: [Int]) throws {
    let line = message { _ = try load(["federation.rounds=12", "federation.keep=\(keep)"]) } ?? ""
    #expect(
      line.hasSuffix(
        "federation.keep: \(keep.last!) is no round of this run: they are 1 to 12 "
          + "(federation.rounds)"), "\(line)")
    #expect(
      try load(["federation.rounds=12", "federation.keep=[1, 12]"]).federation.keep == [1, 12])
  }

  /// A run that an earlier version began with more than its rounds can be gone on with.
  @Test func earlierRunsGoOn() throws {
    let job = try load(["federation.rounds=12", "federation.keep=[5]"])
    let old = job.resolved.replacing("federation.keep", by: [5, 100])
    #expect(try Job(path: "checkpoint-000003.h5", json: old.json).federation.keep == [5])
    let checkpoint = Checkpoint(
      round: 3, job: old.json, shards: "", model: ParameterVector(job.model.layout),
      serverState: [:])
    try job.verify(checkpoint, at: "checkpoint-000003.h5")
  }
}
