import Catalogues
import Federation
import Foundation
import HDF5
import MessagePassing
import Tensors
import TestSupport
import Testing
import Training

/// Against NumPy (Fixtures/ldawa.py), through whole rounds. Tolerance: 1e-7, the aggregate's last
/// bit.
@Suite struct LDAWATests {
  static let samples = [10, 0, 30, 40, 20]

  /// A round after `completed` ones.
  func round(
    _ options: Tree, completed: Int, trainer: any ClientTrainer = FiveClients()
  ) throws -> ParameterVector {
    let federation = try FederatedTraining(
      .init(
        communicator: Communicator(), trainer: trainer,
        aggregator: try aggregators.make(options.with(["name": "ldawa"])),
        schedule: try clientSchedules.make("balanced"),
        selection: Selection(clients: 5, participation: 1, seed: 1), samples: Self.samples),
      global: FiveClients.global(), completed: completed)
    _ = try federation.round()
    return federation.global
  }

  @Test(arguments: [false, true], ["scaled", "averaged"])
  func equalsNumPy(weighted: Bool, statistics: String) throws {
    let file = try fixture(Bundle.module, "ldawa.h5")
    let expected: [Double] = try file.read("\(weighted ? "weighted" : "plain")-\(statistics)")
    let result = try round(
      ["weighted": .flag(weighted), "statistics": .text(statistics)], completed: 3)
    let found = result.layout.entries.flatMap { result.torchValues($0) }
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(Double(found) - expected) < 1e-7) }
  }

  @Test func theFirstRoundsAreFedAvg() throws {
    let fedAvg = try FederatedTraining(
      .init(
        communicator: Communicator(), trainer: FiveClients(),
        aggregator: try aggregators.make("fedavg"),
        schedule: try clientSchedules.make("balanced"),
        selection: Selection(clients: 5, participation: 1, seed: 1), samples: Self.samples),
      global: FiveClients.global())
    _ = try fedAvg.round()
    #expect(try bits(round([:], completed: 0)) == bits(fedAvg.global))
    #expect(try bits(round([:], completed: 2)) == bits(fedAvg.global))
    #expect(try bits(round([:], completed: 3)) != bits(fedAvg.global))
    #expect(try bits(round(["warmup": 0], completed: 0)) == bits(round([:], completed: 3)))
  }

  /// The exact sum names what no cosine can be of.
  @Test(arguments: [Float.nan, .infinity, .greatestFiniteMagnitude])
  func impossibleValuesAreNamed(value: Float) throws {
    #expect {
      _ = try round([:], completed: 3, trainer: FiveClients(broken: value))
    } throws: { "\($0)".hasPrefix("round 4, client 2: conv1.weight has the value \(value)") }
  }

  @Test func impossibleOptionsAreRefused() {
    #expect {
      try aggregators.make(["name": "ldawa", "statistics": "scale"])
    } throws: { "\($0)" == "statistics: unknown statistics 'scale' (did you mean 'scaled'?)" }
    #expect {
      try aggregators.make(["name": "ldawa", "warmup": -1])
    } throws: { "\($0)" == "warmup: -1 is outside 0 to 1000000" }
  }
}

/// The fixture's clients.
final class FiveClients: ClientTrainer {
  static let layout = {
    var layout = ParameterLayout()
    _ = layout.add("conv1.weight", [6, 3, 3, 3], order: .convolution)
    _ = layout.add("bn1.weight", [6])
    _ = layout.add("bn1.bias", [6])
    _ = layout.add("bn1.running_mean", [6], trainable: false)
    _ = layout.add("bn1.running_var", [6], trainable: false)
    _ = layout.add("predictor.weight", [4, 6], order: .linear)
    _ = layout.add("predictor.bias", [4])
    return layout
  }()
  /// The second network's entries, where there is one: all but the predictor.
  static let target = ParameterLayout(layout.entries.dropLast(2))

  /// What client 2's first value is, where not what the fixture has.
  private let broken: Float?

  init(broken: Float? = nil) { self.broken = broken }

  static func global() -> ParameterVector {
    let model = noiseVector(1)
    if let bias = layout.entry("bn1.bias") { model[bias.range].update(repeating: 0) }
    return model
  }

  /// The fixtures' vector of this number (Tests/Fixtures/small_network.py).
  static func noiseVector(_ number: Int) -> ParameterVector {
    make { place, entry in noise(UInt64(number + place) << 32, entry.count) }
  }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    let state = try task.begin(model: ParameterVector(Self.layout))
    let client = task.client
    let model = Self.make { number, entry in
      let start = task.global.torchValues(entry)
      let other = noise(UInt64(100 * (client + 1) + number) << 32, entry.count)
      if client == 4, entry.name == "predictor.bias" { return start.map { _ in 0 } }
      return switch client {
      case 0: start
      case 1: start.map { -0.5 * $0 }
      case 3: other
      default: zip(start, other).map { 0.5 * $0 + 0.5 * $1 }
      }
    }
    if client == 2, let broken { model.floats[0] = broken }
    state.model.assign(model)
    state.didStep(rate: 0.1)
    return LocalUpdate(state: state, views: 2, losses: [:])
  }

  private static func make(
    _ values: (Int, ParameterLayout.Entry) -> [Float]
  ) -> ParameterVector {
    let model = ParameterVector(layout)
    for (number, entry) in layout.entries.enumerated() {
      model.setTorchValues(values(number, entry), entry)
    }
    return model
  }
}
