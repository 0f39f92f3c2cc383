import Catalogues
import Jobs

/// Values by which cells of a sweep are chosen: of labels (`label.NAME`) or swept settings,
/// compared as the texts that `motet sweep expand` prints. `{ label.method: FVSSL }`
struct CellChoice {
  /// By key, in order.
  let values: [(key: String, text: String)]

  /// Throws `ConfigurationError` where it is no mapping, or no cell can have what it says.
  init(_ value: Tree, among cells: [SweepCell]) throws {
    guard let given = value.mapping, !given.isEmpty else {
      throw ConfigurationError("", "expected a mapping as in { label.method: FVSSL }")
    }
    try self.init(given.sorted.map { ($0.key, $0.value.plain) }, among: cells)
  }

  /// Throws `ConfigurationError` where no cell can have one of these.
  init(_ values: [(key: String, text: String)], among cells: [SweepCell]) throws {
    self.values = values
    for (key, text) in values {
      let texts = cells.compactMap { $0.text(of: key) }
      guard !texts.isEmpty else {
        throw ConfigurationError(
          key, unknown("label or setting", key, among: cells.first?.keys ?? []))
      }
      guard texts.contains(text) else {
        var seen: Set<String> = []
        let there = texts.filter { seen.insert($0).inserted }
        throw ConfigurationError(
          key, "no cell has '\(text)'; there are: \(there.joined(separator: ", "))")
      }
    }
  }

  var summary: String { values.map { "\($0.key)=\($0.text)" }.joined(separator: " ") }

  func has(_ key: String) -> Bool { values.contains { $0.key == key } }

  func matches(_ cell: SweepCell) -> Bool {
    values.allSatisfy { cell.text(of: $0.key) == $0.text }
  }
}

extension Sweep {
  /// The cells that have all of these settings or labels.
  /// - Parameter conditions: `key=value` texts, as in `label.arch=R-18`.
  public func cells(where conditions: [String]) throws -> [SweepCell] {
    try conditions.reduce(cells) { chosen, condition in
      let option = "--where"
      let setting = try Setting(condition, option: option, example: "label.arch=R-18")
      let choice: CellChoice
      do { choice = try CellChoice([(setting.key, setting.text)], among: cells) } catch let error
        as ConfigurationError
      {
        throw JobError(path: "\(option) \(condition)", message: error.message)
      }
      let left = chosen.filter(choice.matches)
      guard !left.isEmpty else {
        throw JobError(
          path: "\(option) \(condition)", message: "no cell has this and the conditions before it")
      }
      return left
    }
  }
}

extension SweepCell {
  /// What a cell can be chosen by: the same of all cells of a sweep.
  public var keys: [String] {
    labels.map { SweepAxes.labelPrefix + $0.name } + settings.map(\.key)
  }

  /// The text of `label.NAME` or of a swept setting; nil where the sweep has no such.
  public func text(of key: String) -> String? {
    if key.hasPrefix(SweepAxes.labelPrefix) {
      return labels.first { SweepAxes.labelPrefix + $0.name == key }?.text
    }
    return settings.first { $0.key == key }?.text
  }
}
