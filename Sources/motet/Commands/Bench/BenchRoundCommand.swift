import ArgumentParser
import Catalogues
import Encoders
import Federation
import Foundation
import Layers
import Machines
import MessagePassing
import Tensors
import Training

/// What a round costs beside training: clients that train nothing, or whose training is one pass
/// over the model.
struct BenchRoundCommand: BenchCase {
  static let configuration = CommandConfiguration(
    commandName: "round", abstract: "A round without training, by the number of clients.")

  @Option(help: "Whose parameters the model has.") var encoder = "resnet18"
  @Option(help: "Clients of a round, several with commas.") var clients = "10,100,1000"
  @Option(help: "Rounds to measure of each.") var rounds = 3
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard rounds > 0, clientCounts.allSatisfy({ $0 > 0 }), !clientCounts.isEmpty else {
      throw ValidationError("--rounds and each of --clients are at least 1")
    }
  }

  private var clientCounts: [Int] { clients.split(separator: ",").map { Int($0) ?? 0 } }

  func measure(_ say: (String) -> Void) throws -> Tree {
    let engine = try Engine(lanes: Engine.lanesFromEnvironment())
    let layout = try encoders.make(encoder).layout
    let bandwidth = Limits.bandwidth(engine)
    var figures: Tree = [:]
    for (name, isDense) in [("no step", false), ("one dense update each", true)] {
      for clients in clientCounts {
        let seconds = try measure(clients, layout, isDense)
        let limit = Self.bytes(layout.count, clients, isDense) / bandwidth
        say(
          String(
            format: "%d clients, %@, %.1f M parameters: %.1f ms; "
              + "its memory traffic at %.1f GB/s: %.1f ms (%.0f %%)",
            clients, name, Double(layout.count) * 1e-6, seconds * 1e3, bandwidth * 1e-9,
            limit * 1e3, 100 * limit / seconds))
        figures["\(clients) clients, \(name)"] = [
          "clients": .whole(clients), "parameters": .whole(layout.count),
          "seconds": .number(seconds), "limit_seconds": .number(limit),
          "gigabytes_per_second": .number(bandwidth * 1e-9),
        ]
      }
    }
    return figures
  }

  /// The median of some rounds; one more before is not counted. A long one is measured once.
  private func measure(_ clients: Int, _ layout: ParameterLayout, _ isDense: Bool) throws -> Double
  {
    let isLong = isDense && clients > 100
    let federation = try FederatedTraining(
      .init(
        communicator: Communicator(), trainer: NullTrainer(layout, isDense: isDense),
        aggregator: try aggregators.make("fedavg"),
        schedule: try clientSchedules.make("balanced"),
        selection: Selection(clients: clients, participation: 1, seed: 1),
        samples: [Int](repeating: 500, count: clients)),
      global: ParameterVector(layout))
    let times = try (0...(isLong ? 0 : rounds)).map { _ in
      try Machines.seconds { _ = try federation.round() }
    }
    return median(isLong ? times : Array(times.dropFirst()))
  }

  /// Bytes that a round must move: the sum is cleared, added to, and becomes the next model. A
  /// store reads its line first.
  private static func bytes(_ parameters: Int, _ clients: Int, _ isDense: Bool) -> Double {
    let (float, sum) = (4, 8)
    let fixed = 2 * sum + (sum + 2 * float)
    let add = float + 2 * sum
    // A client's model becomes the global one, and is then changed in place.
    let update = 3 * float + 2 * float
    let each = isDense ? clients * (update + add) : add
    return Double(parameters) * Double(fixed + each)
  }
}

/// Trains nothing; or adds a number to every parameter.
private final class NullTrainer: ClientTrainer {
  private let model: ParameterVector?

  init(_ layout: ParameterLayout, isDense: Bool) {
    model = isDense ? ParameterVector(layout) : nil
  }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    guard let model else { return LocalUpdate(state: nil, views: 0, losses: [:]) }
    let state = try task.begin(model: model)
    let step = Float(task.client % 7) * 0.001
    for i in 0..<model.count { model.floats[i] += step }
    state.didStep(rate: 0)
    return LocalUpdate(state: state, views: 0, losses: [:])
  }
}
