import Checkpoints
import Federation
import MessagePassing
import TestSupport
import Testing

/// A run that dies goes on from its checkpoint to the same bits, whatever its algorithm keeps.
@Suite struct ContinuationTests {
  @Test(arguments: aggregators.names) func goesOnFromACheckpoint(aggregator: String) throws {
    let whole = TemporaryFolder()
    let undisturbed = try makeToyFederation(
      Communicator(), aggregator: .text(aggregator), states: ClientStates(whole.path("clients")))
    for _ in 1...5 { _ = try undisturbed.round() }

    let place = TemporaryFolder()
    let folder = CheckpointFolder(place.path)
    let killed = try makeToyFederation(
      Communicator(), aggregator: .text(aggregator), states: folder.clientStates)
    for round in 1...2 {
      _ = try killed.round()
      try folder.save(
        Checkpoint(
          round: round, job: "{}", shards: "", model: killed.global,
          serverState: killed.serverState, kept: killed.kept))
    }
    // Of this round all is lost but the files that its clients wrote.
    _ = try killed.round()

    let saved = try #require(try folder.newest { Issue.record("\($0)") })
    #expect(saved.round == 2)
    try folder.clientStates.verify(saved.kept)
    let continued = try makeToyFederation(
      Communicator(), aggregator: .text(aggregator), states: folder.clientStates, after: saved)
    for _ in 3...5 { _ = try continued.round() }
    #expect(bits(continued.global) == bits(undisturbed.global))
    #expect(continued.serverState.mapValues(bits) == undisturbed.serverState.mapValues(bits))
    // A seal is its file's checksum.
    #expect(continued.kept == undisturbed.kept)
  }
}
