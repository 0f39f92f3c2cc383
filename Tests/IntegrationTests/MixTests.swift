import Foundation
import HDF5
import TestSupport
import Testing

/// Clients that have some modalities alone, from shards to results.
@Suite(.serialized) struct MixTests {
  let job: SmallJob

  init() throws { job = try SmallJob(encoder: SmallJob.vit) }

  /// Shards of their own and a run, which are told apart by `name`.
  func train(_ name: String, _ settings: String...) throws -> ProcessResult {
    let all = settings + ["shards=\(job.folder.path("shards-\(name)"))", "federation.rounds=1"]
    let sharding = try run("motet", ["shard", job.path] + all.flatMap { ["--set", $0] })
    #expect(sharding.status == 0, "\(sharding.errors)")
    return try run("motet", job.arguments(name) + all.flatMap { ["--set", $0] })
  }

  func results(_ name: String) throws -> HDF5File {
    try HDF5File.open(job.folder.path("\(name)/results.h5"))
  }

  /// An expert model: its data are of one modality. What other modalities a job has makes no
  /// difference to a mix without them.
  @Test func oneModalityIsAsGoodAsAMixOfIt() throws {
    for modality in ["image", "audio"] {
      let expert = try train("expert-\(modality)", "data={\(modality): data.h5}")
      let mix = try train("mix-\(modality)", "clients.mix={\(modality): 100%}")
      let expected = try #require(hash(expert), "\(expert.errors)")
      #expect(hash(mix) == expected, "\(mix.errors)")
      // The other modality is measured, though nobody trains it.
      let measured = try results("mix-\(modality)").texts("/monitor/modality")
      #expect(Set(measured) == ["image", "audio"])
      #expect(Set(try results("expert-\(modality)").texts("/monitor/modality")) == [modality])
    }
  }

  @Test func resultsCountWhatTheMixLeaves() throws {
    let thirds = "clients.mix={image+audio: 34%, image: 33%, audio: 33%}"
    for (name, more) in [
      ("thirds", "clients.redistribute=false"), ("redistributed", "clients.redistribute=true"),
    ] {
      // One channel: images become grey, and sounds are not repeated.
      let result = try train(
        name, thirds, more, "federation.participation=100%", "encoder.channels=1",
        "monitor.features=projection", "clients.minimum=1")
      #expect(hash(result) != nil, "\(result.errors)")
      let found = try results(name)
      let manifest = try HDF5File.open(job.folder.path("shards-\(name)/manifest.h5"))
      for modality in ["image", "audio"] {
        let offsets: [Int64] = try manifest.read("/partition/\(modality)/offset")
        let total: [Int64] = try found.read("/rounds/samples/\(modality)")
        #expect(total == [offsets.last!])
        let unused = try manifest.intAttribute("unused", on: "/partition/\(modality)")
        #expect((unused == 0) == (name == "redistributed"))
        let clients: [Int64] = try found.read("/rounds/clients_with/\(modality)")
        #expect(clients == [8])
      }
      #expect(try found.read("/rounds/clients", as: Int64.self) == [12])
    }
  }

  @Test func shardsOfAnotherMixAreRefused() throws {
    let result = try run(
      "motet", job.arguments("other") + ["--set", "clients.mix={image: 50%, audio: 50%}"])
    #expect(result.status != 0)
    #expect(
      result.errors.contains(
        "shards of another job: mix is none, wanted audio=0.5,image=0.5; redistribute is none, "
          + "wanted false; replace them with 'motet shard --overwrite"), "\(result.errors)")
  }
}
