import ArgumentParser
import Catalogues
import Encoders
import Federation
import Foundation
import Layers
import Machines
import MessagePassing
import Methods
import Tensors
import Training

/// Whole rounds, views apart, on more and more workers.
struct BenchScalingCommand: BenchCase {
  static let configuration = CommandConfiguration(
    commandName: "scaling", abstract: "Weak and strong scaling of a round over workers.",
    discussion: """
      Weak: each worker trains --clients clients. Strong: all workers together train --clients times \
      the number of cores. Apart: as many runs of one worker at the same time, which know nothing of \
      one another: what the machine's cores give together, and no run of several workers can pass. \
      Alone, workers go from one to one a core, with rank 0 beside them; under mpirun or srun only \
      their number is measured.
      """)

  @Option(help: "resnet18 or another encoder, with its options at their defaults.")
  var encoder = "resnet18"
  @Option(help: "Clients that a worker trains.") var clients = 2
  @Option(help: "Steps of a client.") var steps = 3
  @Option(help: "Samples in a batch; each gives two views.") var batch = 32
  @Flag(help: "Print one JSON object.") var json = false
  @Option(help: .hidden) var total = 0

  func validate() throws {
    guard min(clients, steps, batch) > 0 else {
      throw ValidationError("--clients, --steps and --batch are at least 1")
    }
  }

  func measure(_ say: (String) -> Void) throws -> Tree {
    if Communicator.isRank {
      let figures = try measureRounds()
      if let weak = figures["weak_seconds"]?.number, let strong = figures["strong_seconds"]?.number
      {
        say(String(format: "weak: %.3f s a round; strong: %.3f s", weak, strong))
      }
      return figures
    }
    let total = clients * Machine().cores
    var figures: Tree = [:]
    var first: (weak: Double, strong: Double)?
    for workers in 1...Machine().cores {
      let own = try start(workers, total: total).figures()
      let (weak, strong) = (seconds("weak", own), seconds("strong", own))
      let one = first ?? (weak, strong)
      first = one
      var apart = 1.0
      if workers > 1 {
        let lone = try (0..<workers).map { _ in try start(1, total: clients) }
        apart = try lone.reduce(0) { $0 + one.weak / seconds("weak", try $1.figures()) }
      }
      // Speed against one worker's; the limit is the number of workers.
      let weakSpeed = Double(workers) * one.weak / weak
      let strongSpeed = one.strong / strong
      say(
        String(
          format: "%d workers, weak: %d clients in %.2f s, %.2f x one worker's speed "
            + "(apart %.2f x, limit %d); strong: %d clients in %.2f s, %.2f x",
          workers, workers * clients, weak, weakSpeed, apart, workers, total, strong,
          strongSpeed))
      figures["\(workers) workers"] = [
        "workers": .whole(workers), "weak_seconds": .number(weak),
        "weak_speed": .number(weakSpeed), "strong_seconds": .number(strong),
        "strong_speed": .number(strongSpeed), "apart_speed": .number(apart),
        "limit": .whole(workers),
      ]
    }
    return figures
  }

  private func start(_ workers: Int, total: Int) throws -> StartedRanks {
    try Ranks.start(
      workers + 1,
      [
        "bench", "scaling", "--encoder", encoder, "--clients", "\(clients)", "--steps", "\(steps)",
        "--batch", "\(batch)", "--total", "\(total)", "--json",
      ])
  }

  private func seconds(_ kind: String, _ figures: Tree) -> Double {
    figures["\(kind)_seconds"]?.number ?? .nan
  }

  /// On the ranks that were started; figures on rank 0.
  private func measureRounds() throws -> Tree {
    var figures: Tree = [:]
    try onAllRanks { communicator in
      let workers = FederatedTraining.workers(of: communicator)
      let total = max(total, clients * workers.count)
      let trainer = StepTrainer(self)
      let weak = try seconds(clients * workers.count, communicator, trainer)
      let strong = try seconds(total, communicator, trainer)
      guard communicator.rank == 0 else { return }
      figures = [
        "workers": .whole(workers.count), "weak_seconds": .number(weak),
        "strong_seconds": .number(strong), "clients": .whole(total),
      ]
    }
    return figures
  }

  /// One round; one client a worker before it is not counted.
  private func seconds(
    _ clients: Int, _ communicator: Communicator, _ trainer: StepTrainer
  ) throws -> Double {
    let model = try Model(encoders.make(encoder), methods.make("simclr"))
    func federation(_ clients: Int) throws -> FederatedTraining {
      let global = ParameterVector(model.layout)
      if communicator.rank == 0 { model.initialise(global, seed: 1) }
      return try FederatedTraining(
        .init(
          communicator: communicator, trainer: trainer,
          aggregator: try aggregators.make("fedavg"),
          schedule: try clientSchedules.make("balanced"),
          selection: Selection(clients: clients, participation: 1, seed: 1),
          samples: [Int](repeating: batch, count: clients)),
        global: global)
    }
    _ = try federation(FederatedTraining.workers(of: communicator).count).round()
    let measured = try federation(clients)
    try communicator.barrier()
    return try Machines.seconds { _ = try measured.round() }
  }
}

/// A client's training without its views: steps on one batch, from the global model.
private final class StepTrainer: ClientTrainer {
  private let command: BenchScalingCommand
  /// Made by the first client, so that rank 0 is without.
  private var parts: (step: TrainingStep, views: FeatureMap, model: ParameterVector)?

  init(_ command: BenchScalingCommand) { self.command = command }

  func train(_ task: ClientTask) throws -> LocalUpdate {
    let (step, views, model) = try parts ?? makeParts()
    parts = (step, views, model)
    step.reset(random: RandomStream(seed: 1, purpose: .methodMemory))
    let state = try task.begin(model: model, target: step.target)
    for _ in 0..<command.steps {
      _ = step.run(views, of: "image", model, rate: 0.03, of: command.steps)
      state.didStep(rate: 0.03)
    }
    return LocalUpdate(state: state, views: command.steps * views.images, losses: [:])
  }

  private func makeParts() throws -> (TrainingStep, FeatureMap, ParameterVector) {
    let engine = try Engine(lanes: Engine.lanesFromEnvironment())
    let encoder = try encoders.make(command.encoder)
    let views = encoder.makeViews(of: "image", count: 2 * command.batch, engine)
    var random = RandomStream(seed: 1, purpose: .synthesis)
    for i in 0..<views.buffer.floats.count { views.pointer[i] = random.uniform() * 4 - 2 }
    let model = try Model(encoder, methods.make("simclr"))
    let step = TrainingStep(
      model, modalities: ["image"], optimizer: try SGD(SGD.defaults), engine)
    return (step, views, ParameterVector(model.layout))
  }
}
