import Jobs

/// How cells share some nodes: how many at a time, and each one's ranks.
struct Layout: Equatable {
  let nodes: Int
  /// Of each node.
  let cores: Int
  /// Cells at a time.
  let places: Int
  /// Workers of a run, and the threads of each rank. Beside more than one worker there is rank 0.
  let workers: Int
  let threads: Int
  /// Of the evaluations, on the cores of the run.
  let evaluationRanks: Int
  let evaluationThreads: Int
  /// Seconds of each cell's pretraining and evaluations.
  let pretraining: [Double]
  let evaluations: [Double]

  static func ranks(workers: Int) -> Int { workers == 1 ? 1 : workers + 1 }

  var ranks: Int { Self.ranks(workers: workers) }
  var coresOfCell: Int { ranks * threads }

  /// Seconds until the last cell is done.
  var pretrainingWall: Double { makespan(pretraining, places: places) }
  var evaluationWall: Double { makespan(evaluations, places: places) }
  var wall: Double { makespan(zip(pretraining, evaluations).map(+), places: places) }
  /// Seconds of cores that cells hold.
  var reserved: Double {
    Double(coresOfCell) * (pretraining.reduce(0, +) + evaluations.reduce(0, +))
  }
}

/// The time in which so many places do all of these, longest first onto the place that is free
/// first.
func makespan(_ seconds: [Double], places: Int) -> Double {
  var ends = [Double](repeating: 0, count: places)
  for item in seconds.sorted(by: >) {
    let first = ends.indices.min { ends[$0] < ends[$1] }!
    ends[first] += item
  }
  return ends.max() ?? 0
}

/// Searches the layout with the least wall time, and of equal ones that with the fewest cores.
struct LayoutSearch {
  private let cells: [CellCost]
  /// By cell and workers, from 1: what the busiest workers do.
  let busiest: [[ClientWorkload]]

  init(_ cells: [CellCost]) {
    self.cells = cells
    // A worker without a client is refused by a run.
    let most = cells.map(\.cell.job.selection.count).min() ?? 1
    busiest = cells.map { cell in
      (1...most).map { cell.workload.busiest(workers: $0, seconds: cell.step.seconds) }
    }
  }

  func best(nodes: Int, cores: Int) -> Layout {
    var best: Layout?
    var evaluations: [[Int]: Shape] = [:]
    for threads in 1...cores {
      let room = nodes * (cores / threads)
      for workers in 1...busiest[0].count {
        let ranks = Layout.ranks(workers: workers)
        let places = min(cells.count, room / ranks)
        guard places > 0 else { continue }
        let key = [ranks * threads, places]
        let shape =
          evaluations[key]
          ?? evaluationShape(cores: ranks * threads, places: places, nodes: nodes, of: cores)
        evaluations[key] = shape
        let layout = Layout(
          nodes: nodes, cores: cores, places: places, workers: workers, threads: threads,
          evaluationRanks: shape.ranks, evaluationThreads: shape.threads,
          pretraining: cells.indices.map {
            cells[$0].pretraining(busiest[$0][workers - 1], ranks: ranks, threads: threads)
          },
          evaluations: cells.map {
            $0.evaluation(ranks: shape.ranks, threads: shape.threads)
          })
        if best.map({ Self.isBetter(layout, $0) }) ?? true { best = layout }
      }
    }
    // One worker of one thread fits anywhere.
    return best!
  }

  private struct Shape {
    let ranks: Int
    let threads: Int
  }

  /// The ranks and threads on a cell's cores that evaluate soonest.
  private func evaluationShape(cores own: Int, places: Int, nodes: Int, of cores: Int) -> Shape {
    var best = (Shape(ranks: 1, threads: 1), Double.infinity)
    for ranks in 1...own {
      let threads = min(cores, own / ranks)
      guard places * ranks <= nodes * (cores / threads) else { continue }
      let seconds = cells.reduce(0) { $0 + $1.evaluation(ranks: ranks, threads: threads) }
      if seconds < best.1 { best = (Shape(ranks: ranks, threads: threads), seconds) }
    }
    return best.0
  }

  private static func isBetter(_ one: Layout, _ other: Layout) -> Bool {
    let (a, b) = (one.wall, other.wall)
    return abs(a - b) > 1e-9 * b
      ? a < b : one.places * one.coresOfCell < other.places * other.coresOfCell
  }
}
