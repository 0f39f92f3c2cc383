import Foundation
import Jobs
import TestSupport
import Testing

@testable import Sweeps

@Suite struct SweepTests {
  let folder = TemporaryFolder()

  init() {
    folder.write(
      "jobs/base.yaml",
      "data: { image: ../data/i.h5, audio: ../data/a.h5 }\ntraining: { rate: 0.1 }\n")
  }

  func load(_ text: String, limit: Int? = nil) throws -> Sweep {
    try Sweep.load(folder.write("sweeps/alpha.yaml", text), limit: limit)
  }

  /// What is wrong with a sweep, without the folders.
  func error(_ text: String, limit: Int? = nil) -> String {
    let message = message { _ = try load(text, limit: limit) } ?? "no error"
    return message.replacingOccurrences(of: folder.path("sweeps/"), with: "")
      .replacingOccurrences(of: folder.path("jobs/"), with: "jobs/")
  }

  static let base = "base: ../jobs/base.yaml\n"
  static let whole = """
    base: ../jobs/base.yaml
    sweep:
      grid: { training.rate: [0.03, 3e-1], clients.alpha: [0.1] }
      zip:
        - clients.mix: [{ image+audio: 100% }, { image: 50%, audio: 50% }]
          label.mix: [both, halves]
      seeds: [1, 2]
    evaluations: [{ name: knn, data: fsdd.h5 }]
    """

  @Test func cellsAreTheProductInTheOrderOfTheFile() throws {
    let sweep = try load(Self.whole)
    #expect(sweep.name == "alpha")
    #expect(sweep.folder == folder.path("sweeps/runs/alpha"))
    #expect(sweep.cells.map(\.number) == Array(1...8))
    #expect(
      sweep.cells[0].summary
        == "mix=both clients.mix={\"image+audio\":1} training.rate=0.03 clients.alpha=0.1 seed=1")
    #expect(sweep.cells.map(\.job.seed) == [1, 2, 1, 2, 1, 2, 1, 2])
    #expect(sweep.cells.map(\.job.training.rate) == [0.03, 0.03, 0.3, 0.3, 0.03, 0.03, 0.3, 0.3])
    #expect(sweep.cells[6].job.clients.mix == ["image": 0.5, "audio": 0.5])
    #expect(sweep.cells[6].labels.map(\.text) == ["halves"])
    #expect(sweep.cells[0].job.clients.alpha == ["image": 0.1, "audio": 0.1])
    #expect(sweep.cells[0].job.data["image"] == folder.path("data/i.h5"))
    #expect(Set(sweep.cells.map(\.id)).count == 8)
    #expect(sweep.evaluations.count == 1)
  }

  /// The id is the job's: it does not depend on the cell's number, the sweep's name or its place.
  @Test func idsAreStable() throws {
    let sweep = try load(Self.whole)
    let other = try Sweep.load(
      folder.write(
        "jobs/other.yaml",
        """
        name: other
        base:
          data: { image: ../data/i.h5, audio: ../data/a.h5 }
          clients: { alpha: 0.1 }
        sweep: { seeds: [2], grid: { training.rate: [0.3] } }
        results: elsewhere
        """))
    #expect(other.cells.count == 1)
    #expect(other.cells[0].id == sweep.cells[3].id)
    #expect(other.cells[0].folder == folder.path("jobs/elsewhere/001-\(other.cells[0].id)"))
    #expect(try sweep.cell(other.cells[0].id).number == 4)
    #expect(try sweep.cell("4").id == other.cells[0].id)
    #expect(throws: JobError.self) { try sweep.cell("9") }
    // What a run's files say of their job gives the same id.
    #expect(jobID(sweep.cells[3].job.resolved) == sweep.cells[3].id)
  }

  /// A sweep that grows keeps the runs that are there.
  @Test func aRunKeepsItsFolder() throws {
    let sweep = try load(Self.base + "sweep: { seeds: [5, 6] }\n")
    try FileManager.default.createDirectory(
      atPath: sweep.cells[1].folder, withIntermediateDirectories: true)
    let grown = try load(Self.base + "sweep: { seeds: [4, 5, 6] }\n")
    #expect(grown.cells[2].id == sweep.cells[1].id)
    #expect(grown.cells[2].folder == sweep.cells[1].folder)
    #expect(grown.cells[2].folder.contains("/002-"))
    #expect(grown.cells[1].folder.contains("/002-"))
  }

  /// Cells share shards unless data, clients or seed differ.
  @Test func shardsAreShared() throws {
    let sweep = try load(Self.whole)
    #expect(Set(sweep.cells.map(\.job.shards)).count == 4)
    #expect(sweep.cells[0].job.shards == sweep.cells[2].job.shards)
    #expect(sweep.cells[0].job.shards.hasPrefix(folder.path("sweeps/runs/alpha/shards/")))
  }

  /// Paths in the sweep file are relative to it, those in the base job to that.
  @Test func pathsAreRelativeToTheFileThatHasThem() throws {
    let sweep = try load(
      Self.base + "sweep: { grid: { data.image: [own.h5, ../data/other.h5, /abs.h5] } }\n")
    #expect(
      sweep.cells.map { $0.job.data["image"] } == [
        folder.path("sweeps/own.h5"), folder.path("data/other.h5"), "/abs.h5",
      ])
    #expect(sweep.cells.allSatisfy { $0.job.data["audio"] == folder.path("data/a.h5") })
  }

  @Test func partitionersAreSwept() throws {
    let sweep = try load(
      Self.base + "sweep: { grid: { clients.partitioner: [dirichlet, iid, "
        + "{ name: file, path: cut.csv }] } }\n")
    #expect(Set(sweep.cells.map(\.job.shards)).count == 3)
    #expect(sweep.cells[0].id == (try load(Self.base + "sweep: { seeds: [1] }\n")).cells[0].id)
    let clients = sweep.cells[2].job.section("clients")
    let settings = clients["partitioner"]
    #expect(settings?["audio"]?["path"]?.text == "../sweeps/cut.csv")
  }

  /// (what follows the base, what the error is): always one line, at the key that is wrong.
  static let mistakes: [(String, String)] = [
    ("", "alpha.yaml: sweep: expected a mapping with grid, zip or seeds"),
    ("sweep: {}", "alpha.yaml:2: sweep: empty; give grid, zip or seeds"),
    ("sweep: { grid: {} }", "alpha.yaml:2: sweep.grid: empty; expected key: [values]"),
    (
      "sweep:\n  grid: { seed: [] }",
      "alpha.yaml:3: sweep.grid.seed: an empty list; no cell is left"
    ),
    (
      "sweep: { grids: { seed: [1] } }",
      "alpha.yaml:2: sweep.grids: unknown key 'grids' (did you mean 'grid'?)"
    ),
    (
      "sweep: { seeds: [1] }\nevaluation: []",
      "alpha.yaml:3: evaluation: unknown key 'evaluation' (did you mean 'evaluations'?)"
    ),
    (
      "sweep:\n  grid:\n    training.ratee: [1]",
      "alpha.yaml:4: training.ratee: unknown key 'ratee' (did you mean 'rate'?) "
        + "(cell 1: training.ratee=1)"
    ),
    (
      "sweep:\n  grid:\n    training.rate: [1, fast]",
      "alpha.yaml:4: training.rate: expected a number (cell 2: training.rate=fast)"
    ),
    (
      "sweep: { grid: { training.rate: 1 } }",
      "alpha.yaml:2: sweep.grid.training.rate: expected a list of values, as in [0.1, 1]"
    ),
    (
      "sweep: { grid: { training.rate: [0.1, 1e-1] } }",
      "alpha.yaml:2: sweep: cells 1 and 2 are the same job (ID): training.rate=0.1; "
        + "training.rate=0.1"
    ),
    (
      "sweep: { zip: [{ seed: [1, 2], label.x: [a] }] }",
      "alpha.yaml:2: sweep.zip.label.x: 1 value beside the 2 of seed; they go together one by one"
    ),
    (
      "sweep: { zip: [{ label.x: [a, b] }] }",
      "alpha.yaml:2: sweep.zip.label.x: has labels alone; give what they name"
    ),
    (
      "sweep: { grid: { label.x: [a] } }",
      "alpha.yaml:2: sweep.grid.label.x: a label changes no job; give it in zip, beside what it names"
    ),
    (
      "sweep: { grid: { seed: [1] }, seeds: [1] }",
      "alpha.yaml:2: sweep.seeds: seed is swept twice"
    ),
    (
      "sweep: { grid: { clients.alpha: [1], clients: [{}] } }",
      "alpha.yaml:2: sweep.grid.clients: clients contains clients.alpha"
    ),
    (
      "sweep: { grid: { results: [a] } }",
      "alpha.yaml:2: sweep.grid.results: the sweep gives each cell its own results"
    ),
    (
      "sweep: { seeds: 3 }",
      "alpha.yaml:2: sweep.seeds: expected a list of whole numbers, as in [1, 2, 3]"
    ),
    (
      "sweep: { seeds: [1] }\nevaluations: [{ data: x.h5 }]",
      "alpha.yaml:3: evaluations[0]: has no name; expected a mapping, - { name: knn, data: STORE }"
    ),
    (
      "sweep: { seeds: [1] }\nevaluations:\n  - { name: knn, data: x.h5 }\n  - { data: x.h5 }",
      "alpha.yaml:5: evaluations[1]: has no name; expected a mapping, - { name: knn, data: STORE }"
    ),
    (
      "sweep: { seeds: [1] }\nevaluations:\n  - { name: knn, data: x.h5 }\n"
        + "  - name: knn\n    data: x.h5\n    k: 0",
      "alpha.yaml:7: evaluations[1].k: 0 is outside 1 to 1000000"
    ),
    (
      "sweep: { grid: { training.momentum: [0.9, 1.5] } }",
      "alpha.yaml:2: training.momentum: as the optimizer's: 1.5 is not in 0 ..< 1 "
        + "(cell 2: training.momentum=1.5)"
    ),
    (
      "sweep: { grid: { training.momentum: [0.9], training.optimizer.name: [adamw] } }",
      "alpha.yaml:2: training.momentum: as the optimizer's: unknown key 'momentum'; there are: "
        + "beta1, beta2, decay, epsilon, weight_decay (cell 1: training.momentum=0.9)"
    ),
    (
      "sweep: { seeds: [1] }\nname: a/b",
      "alpha.yaml:3: name: 'a/b' names folders: letters, "
        + "digits, '-', '_' and '.' only"
    ),
  ]

  @Test(arguments: mistakes) func mistakesAreNamed(text: String, expected: String) throws {
    let pattern = try Regex("\\([0-9a-f]{12}\\)")
    #expect(error(Self.base + text).replacing(pattern, with: "(ID)") == expected)
  }

  @Test func mistakesOfTheBaseAreThere() {
    let sweep = "sweep: { seeds: [1] }\n"
    #expect(error(sweep) == "alpha.yaml: base: missing; give a job file, or the job itself")
    #expect(
      error("base: none.yaml\n" + sweep)
        == "none.yaml: there is no such file; expected a job file (YAML)")
    folder.write("jobs/wrong.yaml", "data: { image: a.h5 }\ntraining: { batch: 1 }\n")
    #expect(
      error("base: ../jobs/wrong.yaml\n" + sweep).hasPrefix(
        "jobs/wrong.yaml:2: training.batch: 1 is below 2"))
    #expect(
      error("base:\n  data: { image: a.h5 }\n  trainin: {}\n" + sweep)
        == "alpha.yaml:3: base.trainin: unknown key 'trainin' (did you mean 'training'?)")
  }

  @Test func manyCellsMustBeMeant() throws {
    let text =
      Self.base + "sweep: { grid: { seed: [\((1...100).map(String.init).joined(separator: ","))], "
      + "training.momentum: [\((0..<100).map { "0.\($0 + 100)" }.joined(separator: ","))] } }\n"
    #expect(
      error(text, limit: Sweep.mostCells)
        == "alpha.yaml:2: sweep: 10000 cells, more than 1000; --yes if that is meant")
    // What nobody can mean is refused by all commands.
    let axis = (1...1000).map(String.init).joined(separator: ",")
    let rates = (1...1000).map { "0.0\($0)" }.joined(separator: ",")
    let all = "sweep: { grid: { seed: [\(axis)], training.rate: [\(rates)] } }\n"
    #expect(
      error(Self.base + all)
        == "alpha.yaml:2: sweep: 1000000 cells, more than 100000; make several sweeps of it")
    let long = String(repeating: "a.", count: 20_000) + "a"
    #expect(
      error(Self.base + "sweep: { grid: { ? \"\(long)\" : [1] } }\n")
        == "alpha.yaml:2: sweep.grid: a key of 20001 parts; there are none of more than 32")
  }
}
