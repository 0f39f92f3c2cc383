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
  /// Of those, the messages between nodes, where a cell is on several.
  let messages: [Double]
  let evaluations: [Double]

  static func ranks(workers: Int) -> Int { workers == 1 ? 1 : workers + 1 }

  var ranks: Int { Self.ranks(workers: workers) }
  var coresOfCell: Int { ranks * threads }
  /// Nodes that a cell is on.
  var nodesOfCell: Int { Self.nodes(ranks: ranks, threads: threads, cores: cores) }

  static func nodes(ranks: Int, threads: Int, cores: Int) -> Int {
    (ranks + cores / threads - 1) / (cores / threads)
  }

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
  private let network: Network
  /// Numbers of workers that are looked at.
  private let counts: [Int]
  /// By cell and workers: what the busiest workers do.
  let busiest: [[Int: ClientWorkload]]

  /// Of so many, every number is looked at; of more, those that are the fewest with which somebody
  /// has no more to do.
  private static let few = 128

  init(_ cells: [CellCost], _ network: Network) {
    self.cells = cells
    self.network = network
    // A worker without a client is refused by a run.
    let most = cells.map(\.cell.job.selection.count).min() ?? 1
    let counts = Self.counts(most)
    self.counts = counts
    busiest = cells.map { cell in
      Dictionary(
        uniqueKeysWithValues: counts.map {
          ($0, cell.workload.busiest(workers: $0, seconds: cell.step.seconds))
        })
    }
  }

  static func counts(_ most: Int) -> [Int] {
    let many = Set((1...max(1, most / few)).map { (most + $0 - 1) / $0 }).filter { $0 > few }
    return Array(1...min(few, most)) + many.sorted()
  }

  func best(nodes: Int, cores: Int) -> Layout {
    var best: Layout?
    var evaluations: [[Int]: Shape] = [:]
    for threads in 1...cores {
      let room = nodes * (cores / threads)
      for workers in counts {
        let ranks = Layout.ranks(workers: workers)
        let places = min(cells.count, room / ranks)
        guard places > 0 else { continue }
        let key = [ranks * threads, places]
        let shape =
          evaluations[key]
          ?? evaluationShape(cores: ranks * threads, places: places, nodes: nodes, of: cores)
        evaluations[key] = shape
        let nodesOfCell = Layout.nodes(ranks: ranks, threads: threads, cores: cores)
        let messages = cells.map { $0.messages(nodes: nodesOfCell, network) }
        let layout = Layout(
          nodes: nodes, cores: cores, places: places, workers: workers, threads: threads,
          evaluationRanks: shape.ranks, evaluationThreads: shape.threads,
          pretraining: cells.indices.map {
            cells[$0].pretraining(busiest[$0][workers]!, ranks: ranks, threads: threads)
              + messages[$0]
          }, messages: messages,
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
    // Of so many threads, more ranks are no slower: of many, the most are looked at.
    let many = Set((1...cores).map { own / $0 }).filter { $0 > Self.few }
    for ranks in Array(1...min(Self.few, own)) + many.sorted() {
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
