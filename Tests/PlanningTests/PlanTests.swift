import Catalogues
import Foundation
import Sweeps
import TestSupport
import Testing

@testable import Datasets
@testable import Jobs
@testable import Planning

/// Plans with given speeds: small numbers that can be worked out by hand.
@Suite struct PlanTests {
  let folder = TemporaryFolder()

  init() throws {
    for name in ["cifar10", "fsdd", "mnist"] {
      try writeOutline(["name": .text(name)], to: folder.path("\(name).h5"))
    }
    _ = try pairStores(
      ["image": folder.path("mnist.h5"), "audio": folder.path("fsdd.h5")],
      to: folder.path("pairs.h5"), modality: { _ in throw CancellationError() },
      progress: { _, _ in })
  }

  static let image = "image of 32x32x3 to 128x128x3"
  static let audio = "audio of 7040 to 128x128x3"
  static let seconds = [
    "step: resnet18, simclr, 2 x 256 views, 1 thread": 2.76,
    "step: resnet18, simclr, 2 x 32 views, 1 thread": 0.52,
    "step: resnet18, simclr, 2 x 256 views, 2 threads": 1.84,
    "view: \(image)": 1e-3, "view: \(audio)": 2e-3,
    "embedding: resnet18, \(image)": 4e-3, "embedding: resnet18, \(audio)": 5e-3,
    "embedding: resnet18, image of 28x28x3 to 128x128x3": 4e-3,
    "neighbour: 512 values": 1e-8, "neighbour: 1024 values": 2e-8,
    "linear step: 512 values, 10 classes, 128 samples": 1e-3, "product in Float64": 1e-10,
    "fine-tuning step: resnet18, 32 samples": 0.32,
    "view: image blur.probability=0 grey=0 jitter.probability=0 of 32x32x3 to 128x128x3": 5e-4,
  ]

  func speeds(without missing: String? = nil) throws -> Speeds {
    let tree: Tree = [
      "speeds": [
        "processor": "Abacus", "instruction_set": "beads",
        "seconds": Tree(
          Self.seconds.filter { $0.key != missing }.map { ($0, .number($1)) }),
      ]
    ]
    return try Speeds.load(folder.write("speeds.json", tree.json))
  }

  /// One client has all 50,000 images: 195 batches of 256 and one of 80.
  func job(_ more: String = "") throws -> Job {
    try Job.load(
      folder.write(
        "job.yaml",
        """
        data: { image: cifar10.h5 }
        clients: { count: 1 }
        training: { local_epochs: 2 }
        federation: { rounds: 3, participation: 100% }
        monitor: { every: 0 }
        \(more)
        """))
  }

  func plan(
    _ cells: [PlannedCell], nodes: [Int] = [1], cores: Int, _ speeds: Speeds? = nil
  ) throws -> ExperimentPlan {
    try ExperimentPlan(
      "test", cells, nodes: nodes, cores: cores, speeds: speeds ?? self.speeds(),
      progress: { _ in Issue.record("nothing is to be measured") })
  }

  @Test func aJobOfOneClient() throws {
    let plan = try plan(PlannedCell.ofJob(job()), nodes: [1, 2], cores: 4)
    let cell = plan.cells[0]
    #expect(cell.workload.whole == ClientWorkload(steps: 3 * 2 * 196, samples: ["image": 300_000]))
    // b = (2.76 - 0.52) / 224, a = 0.52 - 32 b.
    #expect(cell.step.b == 0.01 && cell.step.a == 0.2)
    // 1176 steps, 300,000 samples, 600,000 views.
    let parts: [Double] = [235.2, 3_000, 600]
    let seconds = parts.reduce(0, +)
    #expect(abs(cell.pretrainingSeconds - seconds) < 1e-6)
    // Two threads are 1.5 times as fast: a third is serial, four are twice as fast.
    #expect(cell.threads.second == 1.5 && cell.threads.serial == 0.3333)
    for layout in plan.layouts {
      #expect(layout.workers == 1 && layout.threads == 4 && layout.places == 1)
      #expect(abs(layout.wall - seconds / 2) < 0.2, "\(layout.wall)")
    }
    #expect(
      plan.lines.contains {
        $0.contains("1176 × 0.2 + 300000 × 0.01 + 2 × 300000 × 0.001 = 3835.2 s")
      })
    #expect(plan.lines.contains { $0.contains("(1176 × 0.2 + ") && $0.contains(" / 2 = 1917.6 s") })
  }

  /// Before the first round, after rounds 2 and 3: bank and queries through the encoder,
  /// neighbours.
  @Test func theMonitor() throws {
    let job = try Job.load(
      folder.write(
        "monitored.yaml",
        "data: { image: cifar10.h5 }\nclients: { count: 1 }\nfederation: { rounds: 3, "
          + "participation: 1 }\nmonitor: { every: 2, knn: { bank: 1000, queries: 500 } }\n"))
    let cell = try plan(PlannedCell.ofJob(job), cores: 1).cells[0]
    #expect(cell.monitor.map(\.sharing) == [.ranks, .root])
    #expect(
      zip(cell.monitor, [3 * 1500 * 4e-3, 3 * 500e3 * 1e-8]).allSatisfy {
        abs($0.seconds - $1) < 1e-9
      })
  }

  func sweep(_ evaluations: String, grid: String = "training.local_epochs: [1, 3]") throws -> Sweep
  {
    _ = try job()
    return try Sweep.load(
      folder.write(
        "sweep.yaml",
        "base: job.yaml\nsweep: { zip: [{ \(grid), label.size: [small, large] }] }\n"
          + "evaluations:\n\(evaluations)"))
  }

  @Test func evaluations() throws {
    let sweep = try sweep(
      """
      - { name: knn, data: cifar10.h5 }
      - { name: linear, data: cifar10.h5, epochs: 10 }
      - { name: finetune, data: cifar10.h5, epochs: 2 }
      - { name: joined, data: pairs.h5 }
      - { name: geometry, data: cifar10.h5, other_data: fsdd.h5, limit: 1000, with: other }

      """)
    let cells = try PlannedCell.ofSweep(sweep, where: [])
    let items = try plan(cells, cores: 2).cells[0].evaluations
    let expected: [(WorkItem.Sharing, Double)] = [
      (.ranks, 50_000 * 4e-3), (.ranks, 10_000 * 4e-3), (.root, 10_000 * 50_000 * 1e-8),
      // Features are there already; 391 batches of 128.
      (.alone, 10 * 391 * 1e-3),
      (.pieces(4), 2 * 50_000 * (0.01 + 5e-4)), (.ranks, 10_000 * 4e-3),
      (.ranks, 2_700 * 4e-3), (.ranks, 2_700 * 5e-3), (.ranks, 300 * 4e-3), (.ranks, 300 * 5e-3),
      (.root, 300 * 2_700 * 1e-8), (.root, 300 * 2_700 * 1e-8), (.root, 300 * 2_700 * 2e-8),
      // Evaluation views, two training views, and those of the other model.
      (.ranks, 1_000 * 4e-3), (.ranks, 300 * 5e-3), (.ranks, 2_000 * 4e-3), (.ranks, 600 * 5e-3),
      (.ranks, 1_000 * 4e-3), (.ranks, 300 * 5e-3), (.alone, 1_300 * 1_674 * 512 * 1e-10),
    ]
    #expect(items.map(\.sharing) == expected.map(\.0))
    for (item, expected) in zip(items, expected) {
      #expect(abs(item.seconds - expected.1) < 1e-9 * expected.1, "\(item)")
    }
    // Three ranks take four pieces in two turns; two threads each are 1.5 times as fast.
    let tuning = [items[4], items[5]].wall(ranks: 3, speed: 1.5)
    let both: Double = 350 + 40 / 4.5
    #expect(abs(tuning - both) < 1e-9)
  }

  /// A cell of one epoch and one of three: side by side on two cores, one after the other on one.
  @Test func cellsSideBySide() throws {
    let cells = try PlannedCell.ofSweep(
      sweep("- { name: knn, data: cifar10.h5 }\n"), where: [])
    let (one, two) = (3835.2 / 2, 3 * 3835.2 / 2)
    let layouts = try plan(cells, nodes: [1, 2], cores: 1).layouts
    #expect(layouts.map(\.places) == [1, 2])
    #expect(abs(layouts[0].pretrainingWall - one - two) < 1e-6)
    #expect(abs(layouts[1].pretrainingWall - two) < 1e-6)
    #expect(abs(layouts[1].wall - two - 245) < 1e-6)
  }

  @Test func cellsAreChosen() throws {
    let sweep = try sweep("- { name: knn, data: cifar10.h5 }\n")
    let large = try PlannedCell.ofSweep(sweep, where: ["label.size=large"])
    #expect(large.map(\.number) == [2])
    #expect(
      try PlannedCell.ofSweep(sweep, where: ["training.local_epochs=1"]).map(\.number) == [1])
    func error(_ condition: String) -> String? {
      message { _ = try PlannedCell.ofSweep(sweep, where: [condition]) }
    }
    #expect(
      error("label.sise=large")
        == "--where label.sise=large: unknown label or setting 'label.sise' (did you mean 'label.size'?)"
    )
    #expect(
      error("label.size=huge")
        == "--where label.size=huge: no cell has 'huge'; there are: small, large")
    #expect(error("large") == "--where large: expected KEY=VALUE, as in label.arch=R-18")
  }

  @Test func speedsMustBeThere() throws {
    let missing = "step: resnet18, simclr, 2 x 256 views, 2 threads"
    let speeds = try speeds(without: missing)
    #expect(
      message { _ = try plan(PlannedCell.ofJob(job()), cores: 1, speeds) }
        == "\(folder.path("speeds.json")): has no \"\(missing)\"; without --speeds it is measured here"
    )
    func error(_ text: String) -> String? {
      message { _ = try Speeds.load(folder.write("wrong.json", text)) }
    }
    #expect(error("[]")?.contains("expected \"processor\" and \"seconds\"") == true)
    #expect(
      error("{\"processor\": \"x\", \"seconds\": {\"view\": 1e308}}")?
        .contains("\"view\": expected seconds from 1e-12 to 1e9") == true)
    #expect(
      error("{\"processor\": \"x\", \"seconds\": {\"view\": 0}}")?
        .contains("\"view\": expected seconds from 1e-12 to 1e9") == true)
    #expect(
      message { _ = try Speeds.load("/none.json") }?.contains("is no file that can be read") == true
    )
  }

  /// Four clients of 30, 20, 20 and 10 images, two batches at most: the worker that is last counts.
  @Test func theBusiestWorkerIsWaitedFor() throws {
    let job = try Job.load(
      folder.write(
        "four.yaml",
        "data: { image: cifar10.h5 }\nclients: { count: 4 }\ntraining: { local_epochs: 1, "
          + "batch: 16 }\nfederation: { rounds: 2, participation: 1 }\n"))
    let cut = Partition(
      offsets: [0, 30, 50, 70, 80], indices: Array(0..<80), moved: 0)
    let load = CellWorkload(job, ["image": cut])
    // 30 is 16 and 14, too few for a batch; 20 leaves 4; 10 is all there is.
    #expect(load.clients.map(\.steps) == [1, 1, 1, 1])
    #expect(load.clients.map(\.views) == [32, 32, 32, 20])
    #expect(load.whole == ClientWorkload(steps: 8, samples: ["image": 2 * 58]))
    func busiest(_ workers: Int) -> ClientWorkload {
      load.busiest(workers: workers) { Double($0.views) }
    }
    #expect(busiest(1) == load.whole)
    #expect(busiest(2) == ClientWorkload(steps: 4, samples: ["image": 2 * 32]))
    #expect(busiest(4) == ClientWorkload(steps: 2, samples: ["image": 2 * 16]))
  }

  @Test func longestFirst() {
    #expect(makespan([3, 3, 2, 2, 2], places: 2) == 7)
    #expect(makespan([1, 5], places: 4) == 5 && makespan([], places: 2) == 0)
  }

  @Test func threadsBeyondTwoAreExtrapolated() {
    let speed = ThreadSpeed(one: 2, two: 1)
    #expect(speed(1) == 1 && speed(2) == 2 && speed(64) == 64)
    #expect(ThreadSpeed(one: 1, two: 1.25)(8) == 0.8)
  }

  /// Whatever was measured, a share of a step is one, more threads are no slower than two, and
  /// what cannot be true is said.
  @Test(arguments: [0.3, 0.9, 1, 1.1, 1.785, 2, 2.1, 2.3, 9])
  func measurementsThatCannotBeAreLimitedAndNamed(second: Double) {
    let speed = ThreadSpeed(one: second, two: 1)
    #expect((0...1).contains(speed.serial))
    for threads in [3, 32, 1024] {
      #expect(speed(threads) >= min(second, 1) && speed(threads) <= Double(threads))
    }
    #expect((speed.warning != nil) == (second <= 1 || second > 2.2))
  }
}

extension ClientWorkload {
  fileprivate init(steps: Int, samples: [String: Int]) {
    self = .none
    self.steps = steps
    self.samples = samples
  }
}
