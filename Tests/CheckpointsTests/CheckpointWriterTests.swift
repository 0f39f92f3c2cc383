import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct CheckpointWriterTests {
  let folder = TemporaryFolder()

  private func makeCheckpoint(_ round: Int, _ model: ParameterVector) -> Checkpoint {
    Checkpoint(round: round, job: "{}", shards: "abc", model: model, serverState: [:])
  }

  /// What is written is the model at the time of the call, whatever the next round does to it.
  @Test func writesACopy() throws {
    let checkpoints = CheckpointFolder(folder.path)
    let writer = CheckpointWriter(checkpoints)
    let layout = makeLayout(100_003)
    let model = makeVector(layout, noise(1, layout.count))
    for round in 1...4 {
      try writer.save(makeCheckpoint(round, model))
      _ = model.floats.update(from: noise(UInt64(round + 1), layout.count))
    }
    try writer.finish()
    #expect(folder.names == ["checkpoint-000003.h5", "checkpoint-000004.h5"])
    for round in [3, 4] {
      let loaded = try Checkpoint.load(checkpoints.file(round: round))
      #expect(bits(loaded.model) == bits(makeVector(layout, noise(UInt64(round), layout.count))))
    }
  }

  /// A write that fails is told once, to whoever asks next, and leaves nothing behind.
  @Test func aFailureIsThrownAtTheNextCall() throws {
    let place = folder.path("gone")
    let writer = CheckpointWriter(CheckpointFolder(place))
    let model = makeVector(makeLayout(10), noise(1, 10))
    try writer.save(makeCheckpoint(1, model))
    #expect { try writer.finish() } throws: { "\($0)".hasPrefix(place) }
    try writer.finish()
    try writer.save(makeCheckpoint(2, model))
    #expect(throws: (any Error).self) { try writer.save(makeCheckpoint(3, model)) }
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    try writer.save(makeCheckpoint(4, model))
    try writer.finish()
    try writer.check()
    #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["checkpoint-000004.h5"])
  }
}
