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

/// What a round sends: the model to all ranks, and their exact sums to rank 0.
struct BenchReduceCommand: BenchCase {
  static let configuration = CommandConfiguration(
    commandName: "reduce", abstract: "Broadcast of a model and exact sum over the ranks.",
    discussion: "Under mpirun or srun over their ranks, alone over one for each core and one more.")

  @Option(help: "Whose parameters the model has.") var encoder = "resnet18"
  @Option(help: "How often.") var repeats = 5
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard repeats > 0 else { throw ValidationError("--repeats is at least 1") }
  }

  func measure(_ say: (String) -> Void) throws -> Tree {
    if !Communicator.isRank {
      let figures = try Ranks.start(
        Machine().cores + 1,
        ["bench", "reduce", "--encoder", encoder, "--repeats", "\(repeats)", "--json"]
      ).figures()
      describe(figures, say)
      return figures
    }
    var figures: Tree = [:]
    try onAllRanks { communicator in
      let layout = try encoders.make(encoder).layout
      let engine = try Engine(lanes: Engine.lanesFromEnvironment())
      // The others wait asleep.
      let bandwidth = communicator.rank == 0 ? Limits.bandwidth(engine) : 0
      let model = ParameterVector(layout)
      let sum = try ExactSum(layout, on: communicator)
      var broadcasts: [Double] = []
      var reduces: [Double] = []
      for _ in 0...repeats {
        try communicator.barrier()
        broadcasts.append(try Machines.seconds { try communicator.broadcast(model.floats) })
        try sum.add(Contribution(model, weight: 0.5), client: 0, round: 1)
        try communicator.barrier()
        reduces.append(
          try Machines.seconds {
            try sum.reduce(communicator)
            try communicator.barrier()
          })
      }
      guard communicator.rank == 0 else { return }
      let others = Double(communicator.size - 1)
      // Ranks that have one sum have added theirs when they are ready.
      let sums = sum.isShared ? communicator.tree?.groups ?? 1 : communicator.size
      // Each other rank's copy is read and stored; its sum is read and added to another.
      let broadcastBytes = others * Double(layout.count * (4 + 2 * 4))
      let reduceBytes = Double(sums - 1) * Double(layout.count * (8 + 2 * 8))
      figures = [
        "ranks": .whole(communicator.size), "sums": .whole(sums),
        "parameters": .whole(layout.count),
        "broadcast_seconds": .number(median(Array(broadcasts.dropFirst()))),
        "broadcast_limit_seconds": .number(broadcastBytes / bandwidth),
        "reduce_seconds": .number(median(Array(reduces.dropFirst()))),
        "reduce_limit_seconds": .number(reduceBytes / bandwidth),
        "gigabytes_per_second": .number(bandwidth * 1e-9),
      ]
      describe(figures, say)
    }
    return figures
  }

  private func describe(_ figures: Tree, _ say: (String) -> Void) {
    func number(_ key: String) -> Double { figures[key]?.number ?? .nan }
    for part in ["broadcast", "reduce"] {
      let (seconds, limit) = (number("\(part)_seconds"), number("\(part)_limit_seconds"))
      say(
        String(
          format: "%@ of %.1f M parameters over %.0f %@: %.1f ms; "
            + "its memory traffic at one core's %.1f GB/s: %.1f ms (%.0f %%)",
          part, number("parameters") * 1e-6, number(part == "reduce" ? "sums" : "ranks"),
          part == "reduce" ? "sums of \(Int(number("ranks"))) ranks" : "ranks", seconds * 1e3,
          number("gigabytes_per_second"), limit * 1e3, 100 * limit / seconds))
    }
  }
}
