import Catalogues
import Jobs

/// One value that a sweep gives to a setting, and where its file says so.
struct SweepSetting {
  /// The setting's dotted key in a job, or `label.NAME`.
  let key: String
  let value: Tree
  /// The key in the sweep file: `sweep.grid.clients.alpha`.
  let place: String

  var isLabel: Bool { key.hasPrefix(SweepAxes.labelPrefix) }

  /// The value for a person and a table.
  var text: String { value.plain }
}

/// A sweep file's `sweep` block: lists of settings that multiply.
///
/// `zip` is a list of groups, each of lists of one length that go together; `grid` has lists that
/// are all combined; `seeds` is a list of `seed`s. Zips change slowest, seeds fastest.
struct SweepAxes {
  static let keys = ["grid", "zip", "seeds"]
  static let labelPrefix = "label."
  /// What the sweep itself gives to each of its jobs.
  private static let own = ["name", "results", "shards"]

  /// Each axis has several points, each of one or more settings.
  private var axes: [[[SweepSetting]]] = []

  /// Throws `ConfigurationError` with the whole key.
  init(_ block: Tree) throws {
    guard block.mapping != nil else {
      throw ConfigurationError("sweep", "expected a mapping with grid, zip or seeds")
    }
    try ConfigurationError.inside("sweep") { try block.checkKeys(among: Self.keys) }
    func given(_ key: String) -> Tree? { block[key] == .null ? nil : block[key] }
    if let zip = given("zip") {
      let groups = (zip.list ?? []).map(\.mapping)
      guard !groups.isEmpty, !groups.contains(nil) else {
        throw ConfigurationError("sweep.zip", "expected a list of mappings, - { key: [values] }")
      }
      for group in groups { axes.append(try Self.zipped(group!)) }
    }
    if let value = given("grid") {
      guard let grid = value.mapping, !grid.isEmpty else {
        throw ConfigurationError("sweep.grid", "empty; expected key: [values]")
      }
      for (key, values) in grid {
        guard !key.hasPrefix(Self.labelPrefix) else {
          throw ConfigurationError(
            "sweep.grid.\(key)", "a label changes no job; give it in zip, beside what it names")
        }
        axes.append(try Self.points("sweep.grid", key, values).map { [$0] })
      }
    }
    if let seeds = given("seeds") { axes.append(try Self.seeds(seeds)) }
    guard !axes.isEmpty else {
      throw ConfigurationError("sweep", "empty; give grid, zip or seeds")
    }
    try Self.checkOverlap(axes.flatMap { $0[0] })
  }

  /// How many cells there are; at most `Int.max`.
  var count: Int {
    axes.reduce(1) { clippedProduct($0, $1.count) }
  }

  /// The settings that go together with no other: those of `grid`, and the seed.
  var lone: Set<String> { Set(axes.filter { $0[0].count == 1 }.map { $0[0][0].key }) }

  /// The settings of each cell, in order.
  func cells() -> [[SweepSetting]] {
    axes.reduce([[]]) { cells, axis in
      cells.flatMap { cell in axis.map { cell + $0 } }
    }
  }

  private static func zipped(_ group: Tree.Mapping) throws -> [[SweepSetting]] {
    let keys = group.keys
    guard let first = keys.first else {
      throw ConfigurationError("sweep.zip", "has an empty mapping; expected key: [values]")
    }
    let lists = try keys.map { try points("sweep.zip", $0, group[$0]!) }
    for (key, list) in zip(keys, lists) where list.count != lists[0].count {
      throw ConfigurationError(
        "sweep.zip.\(key)",
        "\(counted(list.count, "value")) beside the \(lists[0].count) of \(first); they go together one by one"
      )
    }
    guard keys.contains(where: { !$0.hasPrefix(labelPrefix) }) else {
      throw ConfigurationError("sweep.zip.\(first)", "has labels alone; give what they name")
    }
    return lists[0].indices.map { point in lists.map { $0[point] } }
  }

  /// One setting's values.
  private static func points(
    _ place: String, _ key: String, _ value: Tree
  ) throws -> [SweepSetting] {
    try ConfigurationError.inside(place) { try Tree.checkPath(key) }
    let whole = "\(place).\(key)"
    guard let values = value.list else {
      throw ConfigurationError(whole, "expected a list of values, as in [0.1, 1]")
    }
    guard !values.isEmpty else { throw ConfigurationError(whole, "an empty list; no cell is left") }
    guard !own.contains(key) else {
      throw ConfigurationError(whole, "the sweep gives each cell its own \(key)")
    }
    if key.hasPrefix(labelPrefix) {
      guard isLabelName(key.dropFirst(labelPrefix.count)) else {
        throw ConfigurationError(whole, "a label's name has letters, digits, '-' and '_'")
      }
      for value in values where value.list != nil || value.mapping != nil || value == .null {
        throw ConfigurationError(whole, "a label is a text or a number")
      }
    }
    return values.map { SweepSetting(key: key, value: $0, place: whole) }
  }

  /// Labels become columns of what is gathered.
  static func isLabelName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
  }

  private static func seeds(_ value: Tree) throws -> [[SweepSetting]] {
    guard let values = value.list, !values.isEmpty else {
      throw ConfigurationError("sweep.seeds", "expected a list of whole numbers, as in [1, 2, 3]")
    }
    return values.map { [SweepSetting(key: "seed", value: $0, place: "sweep.seeds")] }
  }

  /// One setting must not replace another, or a part of it.
  private static func checkOverlap(_ settings: [SweepSetting]) throws {
    for (index, setting) in settings.enumerated() {
      for other in settings[..<index] {
        let (a, b) = (setting.key, other.key)
        guard Setting.overlap(a, b) else { continue }
        let (whole, part) = a.count < b.count ? (a, b) : (b, a)
        throw ConfigurationError(
          setting.place, a == b ? "\(a) is swept twice" : "\(whole) contains \(part)")
      }
    }
  }
}
