import Checkpoints
import Tensors
import TestSupport
import Testing

@testable import Jobs

@Suite struct JobContinuingTests {
  let folder = TemporaryFolder()

  func load(_ settings: [String] = []) throws -> Job {
    try Job.load(folder.write("demo.yaml", "data: { image: a.h5 }\n"), settings: settings)
  }

  /// What speaks against going on with `new` after round 5 of `old`; nil if nothing does.
  func refusal(_ old: [String], _ new: [String]) throws -> String? {
    let checkpoint = Checkpoint(
      round: 5, job: try load(old).resolved.json, shards: "",
      model: ParameterVector(ParameterLayout()), serverState: [:])
    do {
      try load(new).verify(checkpoint, at: "c.h5")
      return nil
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    "name=other", "data.image=b.h5", "shards=elsewhere", "results=elsewhere", "monitor.every=3",
    "monitor.knn.k=7", "federation.schedule=hosted", "federation.checkpoint_every=9",
    "federation.keep=[10, 40]",
    "federation.rounds=200", "federation.rounds=5",
  ])
  func whatDoesNotChangeTheModelMayDiffer(setting: String) throws {
    #expect(try refusal([], [setting]) == nil)
  }

  /// A file of clients may move: shards know it by its content.
  @Test func filesOfPartitionersMayMove() throws {
    func file(_ path: String) -> [String] { ["clients.partitioner={name: file, path: \(path)}"] }
    #expect(try refusal(file("a.csv"), file("b/a.csv")) == nil)
    #expect(
      try refusal(file("a.csv"), ["clients.partitioner=iid"])?
        .contains("clients.partitioner.image.name \"file\" -> \"iid\"") == true)
  }

  @Test func whatChangesTheModelIsNamed() throws {
    #expect(
      try refusal([], ["seed=2", "training.rate=0.1"])
        == "c.h5: made by another job: seed 1 -> 2, training.rate 0.03 -> 0.1; "
        + "give this job another name or start over with --fresh")
    #expect(
      try refusal([], ["method.temperature=0.1"])?.contains("method.temperature 0.5 -> 0.1") == true
    )
    #expect(try refusal([], ["views.image.flip=0"])?.contains("views.image.flip 0.5 -> 0") == true)
  }

  @Test func roundsAreFreeUnlessTheRateDependsOnThem() throws {
    let cosine = "training.schedule=cosine-rounds"
    #expect(try refusal([cosine], [cosine]) == nil)
    #expect(
      try refusal([cosine], [cosine, "federation.rounds=200"])?
        .contains("federation.rounds 100 -> 200") == true)
    #expect(try refusal([], ["federation.rounds=4"])?.contains("has 5 rounds, more than") == true)
  }
}
