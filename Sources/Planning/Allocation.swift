import Catalogues
import Jobs

/// What a scheduler has to give to each of some cells, so that any of them fits.
public struct Allocation {
  public let ranks: Int
  /// Of each rank.
  public let threads: Int
  /// Of the largest rank.
  public let bytes: Int
  private let workers: Int
  private let cut: CutCells

  /// Throws the first error of the data, and where so many ranks find no work or no cores.
  /// - Parameters:
  ///   - ranks: nil for as many as all of the cells can use: a worker for each of a round's
  ///     clients, and rank 0.
  ///   - nodes: the most nodes.
  ///   - cores: of a node, on which a rank is with all of its threads; nil for any number.
  public init(_ cells: [PlannedCell], ranks: Int?, nodes: Int, cores: Int?) throws {
    let jobs = cells.map(\.job)
    let threads = jobs.map(\.training.threads).max() ?? 1
    let clients = jobs.map(\.selection.count).min() ?? 1
    guard ranks ?? 1 <= clients + 1 else {
      throw JobError(
        path: jobs[0].path,
        message:
          "a round trains \(counted(clients, "client")), so that of "
          + "\(counted(ranks ?? 1, "rank")) more "
          + "than \(clients + 1) find no work; lower --ranks")
    }
    let room = cores.map { nodes * ($0 / threads) } ?? .max
    guard ranks ?? 1 <= room else {
      throw JobError(
        path: jobs[0].path,
        message:
          "\(counted(ranks ?? 1, "rank")) of \(counted(threads, "thread")) do not fit "
          + "\(counted(nodes, "node")) of \(counted(cores ?? 0, "core")); lower --ranks or "
          + "training.threads, or raise the cluster's nodes")
    }
    workers = min(clients, max(1, (ranks ?? room) - 1))
    self.ranks = ranks ?? Layout.ranks(workers: workers)
    self.threads = threads
    cut = try CutCells(cells)
    bytes = try cut.workerBytes(threads: threads)
  }

  /// The seconds of the cell that takes longest, with its evaluations, and the processor that they
  /// are of.
  /// - Parameters:
  ///   - speeds: measured here where nil.
  ///   - progress: told what is measured.
  public func longest(
    speeds: Speeds?, progress: (_ what: String) -> Void
  ) throws -> (seconds: Double, processor: String) {
    let costs = try PlannedCosts(cut, speeds: speeds, progress: progress)
    let seconds = costs.cells.map { cell in
      let busiest = cell.workload.busiest(workers: workers, seconds: cell.step.seconds)
      return cell.pretraining(busiest, ranks: ranks, threads: threads)
        + cell.evaluation(ranks: ranks, threads: threads)
    }
    return (seconds.max() ?? 0, costs.speeds.processor)
  }
}
