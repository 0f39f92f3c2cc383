import Catalogues
import Checkpoints
import MessagePassing
import Tensors
import TestSupport
import Testing
import Training

@testable import Federation

@Suite struct EUATests {
  /// Against NumPy (Fixtures/eua.py), through three rounds: of two and of three that train.
  @Test(
    arguments: [
      ("plain", ["name": "eua", "rate": 0.1]),
      ("sharp", ["name": "eua", "rate": 8, "length": 1, "sharpness": 10]),
      ("few", ["name": "eua", "rate": 0.5, "steps": 1, "sharpness": 2]),
    ] as [(String, Tree)])
  func equalsNumPy(variant: String, aggregator: Tree) throws {
    try FederationFixture("eua.h5").compare(variant, aggregator)
  }

  /// However far the clients went.
  @Test func aRoundMovesByRateTimesLengthAtMost() throws {
    let folder = TemporaryFolder()
    let federation = try makeToyFederation(
      aggregator: ["name": "eua", "rate": 0.5, "length": 3], states: ClientStates(folder.path))
    for _ in 1...3 {
      let before = federation.global.copy()
      _ = try federation.round()
      var square = 0.0
      for entry in before.layout.entries where entry.trainable {
        for (a, b) in zip(before[entry.range], federation.global[entry.range]) {
          square += (Double(a) - Double(b)) * (Double(a) - Double(b))
        }
      }
      #expect(square > 0 && square.squareRoot() < 1.5 + 1e-6)
    }
  }

  @Test func whereNobodyTrainsTheModelStays() throws {
    let folder = TemporaryFolder()
    let federation = try makeToyFederation(
      aggregator: "eua", trainer: IdleTrainer(), states: ClientStates(folder.path("clients")))
    _ = try federation.round()
    #expect(bits(federation.global) == bits(ToyTrainer.initialModel()))
  }

  /// A model that does not move has no direction, and takes none from the others.
  @Test func whoDidNotMoveHasNoPart() throws {
    let rule = try EUA(EUA.Options())
    let parts = rule.mix(
      Changes(shares: [0.5, 0.25, 0.25], products: [[0, 0, 0], [0, 1, 0], [0, 0, 4]]))
    #expect(parts[0] == MixedPart(scale: 0, weight: 0, statistics: 0.5))
    #expect(parts.map(\.scale) == [0, 2, 1])
    #expect((parts[1].weight - 0.5).magnitude < 1e-4 && (parts[2].weight - 0.5).magnitude < 1e-4)
    let none = rule.mix(Changes(shares: [1], products: [[0]]))
    #expect(none == [MixedPart(scale: 0, weight: 0, statistics: 1)])
  }

  /// A part of a round that was cut short, or of one that a kill ended, is in no later one's way.
  @Test func nothingIsLeftOfARound() throws {
    let folder = TemporaryFolder()
    let states = ClientStates(folder.path("clients"))
    try states.held.save(ToyTrainer.initialModel(), client: 3)
    let federation = try makeToyFederation(aggregator: "eua", states: states)
    #expect(folder.names.isEmpty)
    _ = try federation.round()
    #expect(folder.names.isEmpty)
    let stopped = try makeToyFederation(
      aggregator: "eua", trainer: StoppedTrainer(), states: states)
    #expect(throws: TrainingStopped.self) { try stopped.round() }
    #expect(folder.names.isEmpty)
  }

  @Test func impossibleOptionsAreRefused() {
    for (option, message) in [
      ("rate", "rate: 0.0 is not above 0"), ("length", "length: 0.0 is outside 1e-06 to 1000000"),
      ("steps", "steps: 0 is outside 1 to 1000000"),
      ("sharpness", "sharpness: 0 is outside 1 to 1000"),
    ] {
      let said = TestSupport.message {
        _ = try aggregators.make(["name": "eua", .init(option): 0])
      }
      #expect(said == message)
    }
  }
}

@Suite struct ChangeProductsTests {
  /// Against a plain sum, in blocks and in whatever pieces they are read; statistics have no part.
  @Test(arguments: [1 << 22, 1000, 7]) func areThoseOfTheChanges(room: Int) throws {
    let folder = TemporaryFolder()
    let held = ClientStates(folder.path("clients")).held
    let global = ToyTrainer.initialModel()
    let clients = [2, 5, 11]
    let models = clients.map { makeVector(ToyTrainer.layout, noise(UInt64($0), global.count)) }
    for (client, model) in zip(clients, models) { try held.save(model, client: client) }
    let products = try #require(
      try ChangeProducts(block: 512).of(
        clients, from: global, in: held, on: Communicator(), room: room))
    let whole = try ChangeProducts(block: 512).of(
      clients, from: global, in: held, on: Communicator())
    #expect(products == whole)
    for i in 0..<3 {
      for j in 0..<3 {
        var sum = 0.0
        for entry in global.layout.entries where entry.trainable {
          for k in entry.range {
            sum +=
              (Double(models[i].floats[k]) - Double(global.floats[k]))
              * (Double(models[j].floats[k]) - Double(global.floats[k]))
          }
        }
        #expect((products[i][j] - sum).magnitude < 1e-12 * sum.magnitude + 1e-12)
      }
    }
  }
}

@Suite struct MinimumNormTests {
  private func weights(_ vectors: [[Double]], _ start: [Double]) -> [Double] {
    MinimumNorm(steps: 200).weights(
      vectors.map { a in vectors.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } },
      from: start)
  }

  private func areNear(_ a: [Double], _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { ($0 - $1).magnitude < 1e-3 }
  }

  @Test func findsTheShortest() {
    // In the midst, at an edge's foot, and at a corner.
    #expect(areNear(weights([[1, 0], [0, 1]], [0.9, 0.1]), [0.5, 0.5]))
    #expect(
      areNear(weights([[2, 1], [-1, 1], [5, 9]], [0.2, 0.2, 0.6]), [1.0 / 3, 2.0 / 3, 0]))
    #expect(weights([[1, 0], [3, 1]], [0.1, 0.9]) == [0.999, 1 - 0.999])
    #expect(weights([[3, 4]], [1]) == [1])
  }
}
