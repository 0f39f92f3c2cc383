import Catalogues

/// Time and memory of runs and their evaluations on some nodes, before any of it is submitted:
/// exact counts of work times speeds that were measured.
public struct ExperimentPlan {
  /// What is planned, as in "table2: 6 of 12 cells".
  let title: String
  let cores: Int
  let speeds: Speeds
  let cells: [CellCost]
  let search: LayoutSearch
  let network: Network
  /// By number of nodes.
  let layouts: [Layout]
  /// Bytes of the largest worker of each layout.
  let memory: [Int]

  /// Throws the first error of the data.
  /// - Parameters:
  ///   - nodes: numbers of nodes, a layout each.
  ///   - cores: of a node.
  ///   - speeds: measured here where nil.
  ///   - network: between nodes.
  ///   - progress: told what is measured.
  public init(
    _ title: String, _ planned: [PlannedCell], nodes: [Int], cores: Int, speeds: Speeds?,
    network: Network = .usual, progress: (_ what: String) -> Void
  ) throws {
    self.title = title
    self.network = network
    self.cores = cores
    let cut = try CutCells(planned)
    let costs = try PlannedCosts(cut, speeds: speeds, progress: progress)
    self.speeds = costs.speeds
    cells = costs.cells
    let search = LayoutSearch(costs.cells, network)
    self.search = search
    layouts = nodes.map { search.best(nodes: $0, cores: cores) }
    memory = try layouts.map { try cut.workerBytes(threads: $0.threads) }
  }

  /// What of the measurements cannot be true, each once.
  public var warnings: [String] {
    cells.compactMap(\.threads.warning).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
