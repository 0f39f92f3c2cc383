import Foundation
import HDF5
import TestSupport
import Testing

/// Jobs that choose how their data are cut, from shards to results.
@Suite(.serialized) struct PartitionerTests {
  let job: SmallJob

  init() throws { job = try SmallJob(encoder: SmallJob.vit) }

  func shard(_ settings: [String]) throws -> ProcessResult {
    try run("motet", ["shard", job.path, "--overwrite"] + settings.flatMap { ["--set", $0] })
  }

  /// Each modality by its own partitioner: clients of one class of images, sounds as a file has
  /// them.
  @Test func shardsAndRun() throws {
    // The file lies beside the job; 80 sounds to train on.
    let lines = (0..<80).map { "\($0),\($0 % 12)\n" }.joined()
    job.folder.write("cut.csv", "sample,client\n\(lines)")
    let settings = [
      "clients.alpha=null", "federation.rounds=1",
      "clients.partitioner={image: {name: classes, per_client: 1}, audio: {name: file, path: cut.csv}}",
    ]
    let sharding = try shard(settings)
    #expect(sharding.status == 0, "\(sharding.errors)")
    #expect(sharding.output.contains("120 samples by classes per_client=1"), "\(sharding.output)")
    let manifest = try HDF5File.open(job.folder.path("shards/small/manifest.h5"))
    let images: [Int64] = try manifest.read("/counts/image")
    for client in 0..<12 {
      #expect(images[client * 4..<client * 4 + 4].count { $0 > 0 } == 1)
    }
    let sounds: [Int64] = try manifest.read("/partition/audio/indices")
    #expect(sounds.prefix(7) == [0, 12, 24, 36, 48, 60, 72])
    let result = try run("motet", job.arguments("cut") + settings.flatMap { ["--set", $0] })
    #expect(hash(result) != nil, "\(result.errors)")
    // The job as it was finds shards of another.
    let other = try run("motet", job.arguments("other"))
    #expect(
      other.status != 0 && other.errors.contains("motet shard --overwrite"), "\(other.errors)")
  }

  @Test func whatCannotBeCutIsOneLineThatNamesTheJob() throws {
    job.folder.write("cut.csv", "sample,client\n0,1\n0,2\n")
    for (settings, parts) in [
      (["clients.partitioner=natural"], ["data.h5: has no groups", "import the data again"]),
      (
        ["clients.partitioner={name: classes, per_client: 5}"],
        [job.path, "clients.partitioner.per_client: ", "lower it to at most 4"]
      ),
      (
        ["clients.partitioner={name: file, path: cut.csv}"],
        [job.path, "clients.partitioner.path: ", "cut.csv: line 3: ", "keep one of the two"]
      ),
    ] {
      let result = try shard(["clients.alpha=null"] + settings)
      #expect(result.status != 0)
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      for part in parts { #expect(result.errors.contains(part), "\(result.errors)") }
    }
  }
}
