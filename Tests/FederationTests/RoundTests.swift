import Checkpoints
import Foundation
import MessagePassing
import Tensors
import TestSupport
import Testing
import Training

@testable import Federation

@Suite struct RoundTests {
  /// Three rounds of one process, computed here by the definition of FedAvg.
  @Test func aRoundIsTheWeightedMeanOfItsClients() throws {
    let federation = try makeToyFederation(Communicator(), schedule: "balanced")
    let global = ToyTrainer.initialModel()
    for round in 1...3 {
      let report = try #require(try federation.round())
      let selected = report.clients.map(\.client)
      #expect(
        selected == Selection(clients: 40, participation: 0.25, seed: 4).clients(round: round))
      let total = selected.reduce(0) { $0 + ToyTrainer.samples[$1] }
      var mean = [Double](repeating: 0, count: global.count)
      for client in selected {
        let update = try ToyTrainer().train(
          ClientTask(
            client: client, round: round, global: global, rule: try aggregators.make("fedavg")))
        let model = update.state?.model ?? global
        let share = Double(ToyTrainer.samples[client]) / Double(total)
        for i in 0..<global.count { mean[i] += share * Double(model.floats[i]) }
      }
      for i in 0..<global.count {
        #expect(abs(Double(federation.global.floats[i]) - mean[i]) < 1e-7)
      }
      global.assign(federation.global)
    }
    #expect(federation.completed == 3)
  }

  @Test func theReportCountsWhatWasTrained() throws {
    let federation = try makeToyFederation(Communicator(), schedule: "hosted")
    let report = try #require(try federation.round())
    let steps = report.clients.map { ToyTrainer.steps($0.client) }
    #expect(report.clients.count == 10)
    #expect(report.steps == steps.reduce(0, +))
    #expect(report.views == steps.reduce(0) { $0 + $1 * 10 })
    #expect(report.clientsWithoutSteps == steps.count { $0 == 0 })
    #expect(report.bytes == 0)
    #expect(Array(report.idleSeconds.keys) == [0])
    #expect(Set(report.seconds.keys) == Set(RoundReport.phases))
    let trained = report.clients.filter { $0.steps > 0 }
    let sum = trained.reduce(0.0) { $0 + 1 / Double($1.client + 1) }
    #expect(report.losses == ["image": sum / Double(report.steps)])
  }

  @Test func withoutAnySampleTheModelStays() throws {
    let federation = try FederatedTraining(
      .init(
        communicator: Communicator(), trainer: ToyTrainer(),
        aggregator: try aggregators.make("fedavg"),
        schedule: try clientSchedules.make("balanced"),
        selection: Selection(clients: 40, participation: 0.1, seed: 4),
        samples: [Int](repeating: 0, count: 40)),
      global: ToyTrainer.initialModel())
    let before = bits(federation.global)
    _ = try federation.round()
    #expect(bits(federation.global) == before)
    #expect(federation.completed == 1)
  }

  /// However many shares add up to the whole.
  @Test(arguments: [1, 7, 1000]) func whereNobodyTrainsTheModelStays(clients: Int) throws {
    let federation = try FederatedTraining(
      .init(
        communicator: Communicator(), trainer: IdleTrainer(),
        aggregator: try aggregators.make("fedavg"),
        schedule: try clientSchedules.make("balanced"),
        selection: Selection(clients: clients, participation: 1, seed: 4),
        samples: (0..<clients).map { $0 * 37 % 101 + 1 }),
      global: ToyTrainer.initialModel())
    let before = bits(federation.global)
    let report = try #require(try federation.round())
    #expect(report.clientsWithoutSteps == clients)
    #expect(bits(federation.global) == before)
  }

  @Test func aFailureNamesRoundAndClient() throws {
    let federation = try makeToyFederation(
      Communicator(), schedule: "balanced", trainer: FailingTrainer())
    #expect {
      _ = try federation.round()
    } throws: { "\($0)".hasPrefix("round 1, client ") && "\($0)".hasSuffix(": no such shard") }
    #expect(federation.completed == 0)
  }

  /// No part of a round that was cut short enters the model.
  @Test func aRoundThatIsStoppedIsGivenUp() throws {
    let federation = try makeToyFederation(
      Communicator(), schedule: "balanced", trainer: StoppedTrainer())
    let model = federation.global.copy()
    #expect(throws: TrainingStopped.self) { try federation.round() }
    #expect(federation.completed == 0)
    let isSame = federation.global.floats.elementsEqual(model.floats)
    #expect(isSame)
  }
}

/// Asked to stop in its first client's midst.
final class StoppedTrainer: ClientTrainer {
  func train(_ task: ClientTask) throws -> LocalUpdate {
    throw TrainingStopped()
  }
}

final class FailingTrainer: ClientTrainer {
  struct Failure: Error, CustomStringConvertible { let description = "no such shard" }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    throw Failure()
  }
}

final class IdleTrainer: ClientTrainer {
  func train(_ task: ClientTask) throws -> LocalUpdate {
    LocalUpdate(state: nil, views: 0, losses: [:])
  }
}

/// Each rank's part; run by `RoundRanksTests`.
@Suite(.serialized, .enabled(if: isRank)) struct RoundOnRanks {
  nonisolated(unsafe) static let world: Communicator = {
    let world = try! Communicator.start()
    atexit { RoundOnRanks.world.finish() }
    return world
  }()
  var world: Communicator { Self.world }

  @Test(arguments: aggregators.names, clientSchedules.names)
  func rounds(aggregator: String, schedule: String) throws {
    // Rank 0's, in which all ranks write; after the last round none reads.
    let folder = world.rank == 0 ? TemporaryFolder() : nil
    let states = ClientStates(try world.broadcast(text: folder?.path ?? ""))
    let trainer = ToyTrainer()
    let federation = try makeToyFederation(
      world, schedule: schedule, aggregator: .text(aggregator), trainer: trainer, states: states,
      measuresDrift: aggregator == "fedavg")
    let line = try withExtendedLifetime(folder) { try fiveToyRounds(federation) }
    #expect((line != nil) == (world.rank == 0))
    // Rank 0 trains nothing, unless it is alone.
    #expect(trainer.trained.isEmpty == (world.rank == 0 && world.size > 1))
    if let line { print("\n@ \(aggregator) \(schedule) \(line)") }
  }

  /// Ranks take blocks in turn, of which there are more than ranks.
  @Test func productsOfChanges() throws {
    let folder = world.rank == 0 ? TemporaryFolder() : nil
    let states = ClientStates(try world.broadcast(text: folder?.path ?? ""))
    let products = try withExtendedLifetime(folder) { try blockProducts(world, states) }
    #expect((products != nil) == (world.rank == 0))
    if let products { print("\n@ products \(products)") }
  }

  @Test(arguments: aggregators.names) func theReportCountsWhatIsSent(aggregator: String) throws {
    let folder = world.rank == 0 ? TemporaryFolder() : nil
    let states = ClientStates(try world.broadcast(text: folder?.path ?? ""))
    let federation = try makeToyFederation(world, aggregator: .text(aggregator), states: states)
    let report = try withExtendedLifetime(folder) { try federation.round() }
    #expect((report != nil) == (world.rank == 0))
    guard let report else { return }
    // The model and what else is sent: Float32 down to each rank, Int64 up from each group.
    let layout = ToyTrainer.layout
    let channels = try aggregators.make(aggregator).channels(layout, target: ToyTrainer.target)
    let down = layout.count + Channels.count(channels.received)
    let up = layout.count + Channels.count(channels.sent)
    let groups = world.tree?.groups ?? 1
    #expect(report.bytes == (world.size - 1) * 4 * down + (groups - 1) * 8 * up)
    #expect(Set(report.idleSeconds.keys) == Set(FederatedTraining.workers(of: world)))
  }
}

/// The products of three toys' changes, in blocks of 512 of some 5,000 values.
func blockProducts(_ communicator: Communicator, _ states: ClientStates) throws -> [[Double]]? {
  let clients = [2, 5, 11]
  if communicator.rank == 0 {
    for client in clients {
      let values = noise(UInt64(client), ToyTrainer.layout.count)
      try states.held.save(makeVector(ToyTrainer.layout, values), client: client)
    }
  }
  _ = try communicator.maximum(0)
  return try ChangeProducts(block: 512).of(
    clients, from: ToyTrainer.initialModel(), in: states.held, on: communicator)
}

@Suite(.serialized, .disabled(if: isRank)) struct RoundRanksTests {
  @Test func anyRanksAndAnyScheduleGiveTheSameBits() throws {
    let expected = try aggregators.names.map { aggregator in
      let folder = TemporaryFolder()
      let federation = try makeToyFederation(
        Communicator(), schedule: "hosted", aggregator: .text(aggregator),
        states: ClientStates(folder.path), measuresDrift: aggregator == "fedavg")
      return (aggregator, try #require(try fiveToyRounds(federation)))
    }
    let folder = TemporaryFolder()
    let products = try #require(try blockProducts(Communicator(), ClientStates(folder.path)))
    for ranks in [1, 2, 3, 5] {
      let result = try runSuiteOnRanks(ranks, "FederationTests.RoundOnRanks")
      #expect(result.status == 0, "\(result.output)\n\(result.errors)")
      let found = result.lines.filter { $0.hasPrefix("@ ") }
      let wanted = expected.flatMap { aggregator, model in
        clientSchedules.names.map { "@ \(aggregator) \($0) \(model)" }
      }
      #expect(
        found.sorted() == (wanted + ["@ products \(products)"]).sorted(), "\(ranks) ranks")
    }
  }
}
