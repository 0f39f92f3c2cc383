import Checkpoints
import Federation
import Foundation
import MessagePassing
import Tensors
import TestSupport
import Testing
import Training

/// The worked example of CONTRIBUTING: it is quoted there to the letter, and does what it says.
@Suite struct PersonalStartTests {
  @Test func theDocumentQuotesTheFile() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let root = folder.deletingLastPathComponent().deletingLastPathComponent()
    let file = try String(contentsOfFile: "\(folder.path)/PersonalStart.swift", encoding: .utf8)
    let document = try String(contentsOfFile: "\(root.path)/CONTRIBUTING.md", encoding: .utf8)
    let isQuoted = document.contains("```swift\n\(file)```\n")
    #expect(isQuoted, "copy PersonalStart.swift into CONTRIBUTING.md, or back")
  }

  @Test func aClientStartsBetweenItsOwnModelAndTheGlobalOne() throws {
    var layout = ParameterLayout()
    _ = layout.add("conv1.weight", [20])
    _ = layout.add("bn1.running_mean", [4], trainable: false)
    _ = layout.add("fc.bias", [3])
    let global = makeVector(layout, noise(1, layout.count))
    let last = makeVector(layout, noise(2, layout.count))
    let rule = try PersonalStart(.init(own: 0.25))

    func start(_ kept: [String: ParameterVector]?) throws -> ParameterVector {
      let task = ClientTask(client: 3, round: 7, global: global, rule: rule) { kept }
      return try task.begin(model: ParameterVector(layout)).model
    }
    let first = try start(nil)
    #expect(bits(first) == bits(global))
    let later = try start(["model": last])
    for entry in layout.entries {
      let expected = entry.range.map { i in
        entry.trainable ? 0.25 * last.floats[i] + 0.75 * global.floats[i] : global.floats[i]
      }
      #expect(Array(later[entry.range]) == expected, "\(entry.name)")
    }
  }

  @Test func clientsKeepTheirModelsFromRoundToRound() throws {
    let fedAvg = try aggregators.make("fedavg")
    let half = try PersonalStart(.init(own: 0.5))
    // Nobody has a model of its own in the first round.
    #expect(try bits(train(half, rounds: 1).global) == bits(train(fedAvg, rounds: 1).global))
    let second = try bits(train(fedAvg, rounds: 2).global)
    #expect(try bits(train(PersonalStart(.init(own: 0)), rounds: 2).global) == second)
    let federation = try train(half, rounds: 2)
    #expect(bits(federation.global) != second)
    #expect(
      Set(federation.kept.keys) == Set((0..<40).filter { ToyTrainer.steps($0) > 0 }))
  }

  /// A federation of toys in which all clients take part, after some rounds.
  private func train(_ aggregator: any Aggregator, rounds: Int) throws -> FederatedTraining {
    try withTemporaryFolder { folder in
      let federation = try FederatedTraining(
        .init(
          communicator: Communicator(), trainer: ToyTrainer(), aggregator: aggregator,
          schedule: try clientSchedules.make("balanced"),
          selection: Selection(clients: 40, participation: 1, seed: 4),
          samples: ToyTrainer.samples, states: ClientStates(folder)),
        global: ToyTrainer.initialModel())
      for _ in 1...rounds { _ = try federation.round() }
      return federation
    }
  }
}
