import Catalogues
import MessagePassing
import Tensors
import TestSupport
import Testing
import Training

@testable import Federation

/// The others' mean is that of a round in which they alone take part.
@Suite struct DivergenceTests {
  /// Toys of which some run away.
  private final class RunawayTrainer: ClientTrainer {
    let toys = ToyTrainer()
    let runaways: Set<Int>
    let loss: Double?

    /// - Parameter loss: what a runaway's loss is; nil where its model alone shows it.
    init(_ runaways: Set<Int>, loss: Double?) {
      self.runaways = runaways
      self.loss = loss
    }

    func train(_ task: ClientTask) throws -> LocalUpdate {
      guard runaways.contains(task.client) else { return try toys.train(task) }
      if let loss { throw TrainingError(modality: "image", epoch: 1, loss: loss) }
      let state = try task.begin(model: ParameterVector(ToyTrainer.layout))
      state.model.floats[17] = .infinity
      state.didStep(rate: 0.1)
      return LocalUpdate(state: state, views: 10, losses: [:])
    }
  }

  private func federation(
    _ runaways: Set<Int>, loss: Double? = .nan, samples: [Int] = ToyTrainer.samples,
    aggregator: Tree = "fedavg", _ onDivergence: OnDivergence = .skip
  ) throws -> FederatedTraining {
    try FederatedTraining(
      .init(
        communicator: Communicator(), trainer: RunawayTrainer(runaways, loss: loss),
        aggregator: try aggregators.make(aggregator),
        schedule: try clientSchedules.make("balanced"),
        selection: Selection(clients: 40, participation: 0.25, seed: 4), samples: samples,
        modalitySamples: ToyTrainer.byModality(samples), onDivergence: onDivergence),
      global: ToyTrainer.initialModel())
  }

  private let selected = Selection(clients: 40, participation: 0.25, seed: 4).clients(round: 1)

  @Test(
    arguments: [.nan, nil] as [Double?], ["fedavg", "fedprox", "fedavgm", "modalitywise"] as [Tree])
  func aRoundGoesOnWithoutThem(loss: Double?, aggregator: Tree) throws {
    let trained = selected.filter { ToyTrainer.steps($0) > 0 }
    let runaways = Set(trained.prefix(2))
    let skipping = try federation(runaways, loss: loss, aggregator: aggregator)
    let report = try #require(try skipping.round())
    #expect(Set(report.clientsLeftOut.map(\.client)) == runaways)
    #expect(report.clients.count == selected.count)
    // Without a sample a client has no weight.
    var samples = ToyTrainer.samples
    for client in runaways { samples[client] = 0 }
    let without = try federation([], samples: samples, aggregator: aggregator)
    _ = try without.round()
    let apart = zip(skipping.global.floats, without.global.floats).map { abs($0 - $1) }.max()!
    // The runaways' toys still train there, with no weight; sums are rounded at other places.
    #expect(apart < 1e-6)
  }

  @Test func stoppingNamesTheClient() throws {
    let first = try #require(selected.first { ToyTrainer.steps($0) > 0 })
    for (loss, what) in [(Double.nan, "the loss is nan on a batch"), (nil, "has the value inf")] {
      let stopping = try federation([first], loss: loss, .stop)
      let said = message { _ = try stopping.round() } ?? ""
      #expect(said.contains("round 1, client \(first): ") && said.contains(what), "\(said)")
      for cause in ["training.rate", "BatchNorm", "training.smallest_batch", "features of 1×1"] {
        #expect(said.contains(cause), "\(said)")
      }
    }
  }

  @Test func whereMoreThanHalfRunAwayTheRunEnds() throws {
    let half = try federation(Set(selected.prefix(5)))
    #expect(try half.round()?.clientsLeftOut.count == 5)
    let more = try federation(Set(selected.prefix(6)))
    #expect {
      _ = try more.round()
    } throws: { "\($0)".hasPrefix("6 of the round's 10 clients diverged and were left out") }
  }

  /// What the server makes of good models may be none: also in the last round, after which no
  /// client would find it.
  @Test(
    arguments: [
      (["name": "fedadam", "rate": 1e30], "beyond ±4194304"),
      (["name": "fedavgm", "rate": 1e30], "beyond ±4194304"),
    ] as [(Tree, String)])
  func aServersStepThatLeadsNowhereIsNamed(aggregator: Tree, what: String) throws {
    let training = try federation([], aggregator: aggregator, .stop)
    let said = message { _ = try training.round() } ?? ""
    #expect(said.hasPrefix("round 1: the aggregator's step gives "), "\(said)")
    #expect(said.contains(what) && said.contains("lower federation.aggregator.rate"), "\(said)")
  }

  @Test func aServersVectorIsFinite() {
    var layout = ParameterLayout()
    _ = layout.add("w", [2])
    let vector = ParameterVector(layout)
    #expect(message { try DivergedServer.check(vector, of: "second", round: 3) } == nil)
    vector.floats[1] = .infinity
    #expect(
      message { try DivergedServer.check(vector, of: "second", round: 3) }?.hasPrefix(
        "round 3: the aggregator's step gives w of its 'second' the value inf, not finite") == true)
  }

  /// The sum's bits do not depend on whether a check goes before.
  @Test func aRoundWithoutRunawaysHasTheSameBits() throws {
    let (skipping, stopping) = (try federation([]), try federation([], .stop))
    for _ in 1...2 { _ = (try skipping.round(), try stopping.round()) }
    #expect(bits(skipping.global) == bits(stopping.global))
  }
}
