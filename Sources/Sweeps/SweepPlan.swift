import Catalogues
import Datasets
import Downstream
import Foundation
import Jobs
import Machines

/// What a sweep comes to, counted before anything is computed: its data are opened and cut in
/// memory, so that a store that is missing or does not fit is found here.
public struct SweepPlan {
  /// What some of a sweep's cells take.
  public struct Workload: Equatable, Sendable {
    public var runs = 0
    public var rounds = 0
    /// Trainings of a client: those of all rounds.
    public var trainings = 0
    /// Views that these see, the method's of each sample in each epoch.
    public var views = 0
    public var evaluations = 0
    /// Files of a run's features after a round.
    public var embeddings = 0

    static func += (sum: inout Workload, part: Workload) {
      sum.runs += part.runs
      sum.rounds += part.rounds
      sum.trainings = clippedSum(sum.trainings, part.trainings)
      sum.views = clippedSum(sum.views, part.views)
      sum.evaluations += part.evaluations
      sum.embeddings += part.embeddings
    }
  }

  public private(set) var whole = Workload()
  /// What is not done yet: of a run that has begun, all of it.
  public private(set) var left = Workload()
  /// Runs that another sweep has finished.
  public private(set) var reused = 0
  /// Distinct cuts of data into clients.
  public private(set) var shards = 0
  /// Training samples that the clients of a run hold.
  public private(set) var samples: [Int] = []
  /// Stores without samples, which make a plan and no run; sorted.
  public private(set) var outlines: [String] = []
  private let sweep: Sweep

  /// Throws the first error of the data.
  public init(_ sweep: Sweep) throws {
    self.sweep = sweep
    try sweep.embeddings?.check()
    var cuts: [String: [String: Partition]] = [:]
    var checked: Set<[String: String]> = []
    for cell in sweep.cells {
      if cell.job.monitor.every > 0, checked.insert(cell.job.data).inserted {
        try cell.job.checkMonitor()
      }
      let cut = try cuts[cell.job.shards] ?? cell.job.partitions()
      cuts[cell.job.shards] = cut
      var (workload, samples) = try Self.workload(cell.job, cut)
      workload.evaluations = sweep.evaluations(of: cell).count
      workload.embeddings = sweep.embeddings?.options(of: cell).rounds.count ?? 0
      whole += workload
      switch sweep.state(of: cell) {
      case .finished: break
      case .trained:
        if !sweep.isDone(.evaluate, of: cell) { left.evaluations += workload.evaluations }
        if !sweep.isDone(.embed, of: cell) { left.embeddings += workload.embeddings }
      case .missing where sweep.reusable(cell) != nil:
        reused += 1
        left.evaluations += workload.evaluations
        left.embeddings += workload.embeddings
      case .missing, .unfinished, .outdated, .damaged, .failed: left += workload
      }
      self.samples.append(samples)
    }
    shards = cuts.count
    try checkStores()
  }

  /// Opens all data, of the evaluations too.
  private mutating func checkStores() throws {
    var paths = Set(sweep.cells.flatMap(\.job.data.values))
    for (_, spec) in try EvaluationSpec.each(of: sweep).sorted(by: { $0.key < $1.key }) {
      let workload = try spec.workload()
      paths.formUnion(workload.embeddings.map(\.samples.data))
      paths.formUnion(workload.classifiers.flatMap { ($0.train + $0.test).map(\.data) })
    }
    outlines = try paths.sorted().filter { try SampleStore.open($0).outline != nil }
  }

  /// Throws where data are outlines: before a sweep is run.
  public func requireSamples() throws {
    if let first = outlines.first { try SampleStore.open(first).requireSamples() }
  }

  /// The lines of `motet describe` and `--dry-run`.
  public var lines: [String] {
    let jobs = sweep.cells.map(\.job)
    return [
      "sweep \(sweep.name): \(counted(sweep.cells.count, "cell")) in \(sweep.folder)",
      "runs: \(whole.runs), \(left.runs) of them to do"
        + (reused > 0 ? "; \(reused) already done in other sweeps" : ""),
      "clients: \(range(jobs.map(\.clients.count))) a run, \(range(jobs.map(\.selection.count))) "
        + "a round; \(counted(shards, "cut")) of the data",
      "samples: \(range(samples)) a run",
      "rounds: \(whole.rounds), with \(counted(whole.trainings, "training")) of a client",
      "views: \(whole.views)",
      "evaluations: \(whole.evaluations)" + followers,
      whole.embeddings == 0 ? nil : "embeddings: \(counted(whole.embeddings, "file"))",
      "to do: \(counted(left.rounds, "round")), \(counted(left.views, "view")), \(counted(left.evaluations, "evaluation"))"
        + (whole.embeddings == 0 ? "" : ", \(counted(left.embeddings, "file")) of embeddings"),
      outlines.isEmpty
        ? nil
        : "outlines without samples, so that the sweep cannot run yet: "
          + outlines.map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: ", "),
    ].compactMap { $0 }
  }

  /// " (knn, joined after each run; joined after 6 of 18)".
  private var followers: String {
    let names = sweep.evaluations.compactMap { $0["name"]?.text }
    let counts = sweep.evaluatedRuns
    var seen: Set<Int> = []
    // Those that follow all runs come first.
    let groups = counts.sorted(by: >).filter { seen.insert($0).inserted }.map { count in
      zip(names, counts).filter { $1 == count }.map(\.0).joined(separator: ", ")
        + (count == sweep.cells.count
          ? " after each run" : " after \(count) of \(counted(sweep.cells.count, "run"))")
    }
    return groups.isEmpty ? "" : " (\(groups.joined(separator: "; ")))"
  }

  private func range(_ numbers: [Int]) -> String {
    let (least, most) = (numbers.min() ?? 0, numbers.max() ?? 0)
    return least == most ? "\(least)" : "\(least) to \(most)"
  }

  private static func workload(
    _ job: Job, _ cut: [String: Partition]
  ) throws -> (Workload, samples: Int) {
    let clients = ClientWorkload.all(job, cut)
    let rounds = job.federation.rounds
    let workload = Workload(
      runs: 1, rounds: rounds, trainings: rounds * job.selection.count,
      views: try (1...rounds).reduce(0) { sum, round in
        // A million rounds of as many clients take a while.
        if StopSignal.isReceived { throw Stopped(after: "nothing but counting the sweep's work") }
        return job.selection.clients(round: round).reduce(sum) { clippedSum($0, clients[$1].views) }
      })
    return (workload, cut.values.reduce(0) { $0 + $1.indices.count })
  }
}
