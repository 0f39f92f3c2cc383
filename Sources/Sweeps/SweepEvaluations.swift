import Catalogues
import Downstream

/// The evaluations that follow a sweep's runs. One may follow the runs of chosen cells alone
/// (`cells`), and may take features of another cell's run as well (`with`): its partner.
///
/// ```yaml
/// - { name: joined, data: pairs.h5, cells: { label.method: FVSSL }, with: { label.method: FASSL }
///   }
/// ```
/// A partner has the values that `with` says, and this cell's other labels, settings of the grid
/// and seed. What is zipped with the labels may differ.
struct SweepEvaluations {
  /// One of them, as it is for each cell that it follows.
  private struct Rule {
    /// Without `cells`, and without `with` where that is a mapping.
    let spec: Tree
    /// Numbers of the cells that it follows.
    let cells: Set<Int>
    /// The partner of each of them; none where nothing of another cell is needed.
    let partners: [Int: SweepCell]

    func spec(of cell: SweepCell) -> Tree {
      var spec = spec
      if let partner = partners[cell.number] { spec["with"] = .text(partner.folder) }
      return spec
    }
  }

  /// As the file has them: mappings with a `name`.
  let given: [Tree]
  private let rules: [Rule]

  /// - Parameters:
  ///   - value: the list of a sweep file.
  ///   - lone: the swept settings that are zipped with nothing.
  init(_ value: Tree?, _ cells: [SweepCell], lone: Set<String>) throws {
    given = try Self.list(value)
    rules = try given.enumerated().map { index, spec in
      try ConfigurationError.inside("evaluations[\(index)]") { try Self.rule(spec, cells, lone) }
    }
  }

  /// Those that follow a cell's run, with their places in the file, ready for `EvaluationSpec`.
  func specs(of cell: SweepCell) -> [(index: Int, spec: Tree)] {
    rules.enumerated().filter { $1.cells.contains(cell.number) }.map { ($0, $1.spec(of: cell)) }
  }

  /// The cells whose runs must be there before a cell is evaluated, each once.
  func partners(of cell: SweepCell) -> [SweepCell] {
    rules.compactMap { $0.partners[cell.number] }.reduce(into: []) { found, partner in
      if !found.contains(where: { $0.number == partner.number }) { found.append(partner) }
    }
  }

  /// How many runs each of them follows, in the file's order.
  var counts: [Int] { rules.map(\.cells.count) }

  private static func list(_ value: Tree?) throws -> [Tree] {
    guard let value, value != .null else { return [] }
    guard let specs = value.list else {
      throw ConfigurationError(
        "evaluations", "expected a list of mappings, - { name: knn, data: STORE }")
    }
    for (index, spec) in specs.enumerated() where spec["name"]?.text == nil {
      throw ConfigurationError(
        "evaluations[\(index)]", "has no name; expected a mapping, - { name: knn, data: STORE }")
    }
    return specs
  }

  private static func rule(
    _ given: Tree, _ cells: [SweepCell], _ lone: Set<String>
  ) throws -> Rule {
    func choice(_ key: String) throws -> CellChoice? {
      guard let value = given[key] else { return nil }
      return try ConfigurationError.inside(key) { try CellChoice(value, among: cells) }
    }
    let chosen = try choice("cells")
    let followed = cells.filter { chosen?.matches($0) ?? true }
    guard !followed.isEmpty else {
      throw ConfigurationError("cells", "no cell has all of these: \(chosen?.summary ?? "")")
    }
    var spec = given.without(["cells"])
    if let round = try EvaluationSpec.round(of: given) {
      for cell in followed { try cell.requireCheckpoint(of: round, at: EvaluationSpec.roundKey) }
    }
    // Of these cells' runs, or of their partners'; another sweep's is not known.
    let round = given["with_round"]?.whole ?? 0
    func check(_ cell: SweepCell) throws {
      try cell.requireCheckpoint(of: round, at: "with_round")
    }
    guard given["with"]?.mapping != nil, let with = try choice("with") else {
      if given["with"]?.text ?? "" == "" { try followed.forEach(check) }
      return Rule(spec: spec, cells: Set(followed.map(\.number)), partners: [:])
    }
    spec["with"] = nil
    let candidates = cells.filter(with.matches)
    let partners = try followed.map { cell in
      (cell.number, try partner(of: cell, with, candidates, lone))
    }
    try partners.map(\.1).forEach(check)
    return Rule(
      spec: spec, cells: Set(followed.map(\.number)),
      partners: Dictionary(uniqueKeysWithValues: partners))
  }

  private static func partner(
    of cell: SweepCell, _ with: CellChoice, _ candidates: [SweepCell], _ lone: Set<String>
  ) throws -> SweepCell {
    let same =
      cell.labels.map { SweepAxes.labelPrefix + $0.name }.filter { !with.has($0) }
      + cell.settings.map(\.key).filter { lone.contains($0) && !with.has($0) }
    let found = candidates.filter { other in
      same.allSatisfy { other.text(of: $0) == cell.text(of: $0) }
        && (with.has("seed") || other.job.seed == cell.job.seed)
    }
    guard found.count == 1 else {
      let named =
        (found.isEmpty ? candidates : found).prefix(6).map { "cell \($0.number) (\($0.summary))" }
        .joined(separator: ", ")
      let more = (found.isEmpty ? candidates : found).count > 6 ? ", and others" : ""
      throw ConfigurationError(
        "with",
        "cell \(cell.number) (\(cell.summary)) has "
          + (found.isEmpty
            ? "no partner: cells with \(with.summary) have other labels or seeds"
            : "\(counted(found.count, "partner")) with \(with.summary); one more label must tell them apart")
          + ": \(named)\(more)")
    }
    guard found[0].number != cell.number else {
      throw ConfigurationError(
        "with",
        "cell \(cell.number) (\(cell.summary)) would be its own partner; 'cells' says which cells "
          + "the evaluation follows")
    }
    return found[0]
  }
}
