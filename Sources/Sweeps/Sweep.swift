import Catalogues
import Downstream
import Foundation
import Jobs

/// A sweep file: a base job, what varies, and the evaluations that follow each run.
///
/// ```yaml
/// name: alpha
/// base: job.yaml                 # or the job itself
/// sweep:
///   grid: { clients.alpha: [0.1, 1] }
///   zip: [ { clients.mix: [{ image+audio: 100% }, { image: 50%, audio: 50% }], label.mix: [both,
///   halves] } ]
///   seeds: [1, 2, 3]
/// evaluations: [ { name: knn, data: fsdd.h5 } ]         # what else they can say: SweepEvaluations
/// embeddings: { data: [fsdd.h5], rounds: [10, 100] }    # SweepEmbeddings
/// ```
/// Paths are relative to the file that has them.
public struct Sweep {
  static let keys = [
    "name", "base", "sweep", "evaluations", "embeddings", "results", "reuse", "by_reference",
  ]
  /// More cells than this are a slip more often than a wish.
  public static let mostCells = 1_000

  /// The file.
  public let path: String
  public let name: String
  /// The folder of the runs and of their shards, absolute.
  public let folder: String
  /// Folders of other sweeps, absolute: their finished runs of the same jobs are used.
  public let reuse: [String]
  /// Whether shards refer to the sample stores instead of copying them.
  public let byReference: Bool
  public let cells: [SweepCell]
  /// Features to be written after each run's evaluations; nil for none.
  let embeddings: SweepEmbeddings?
  private let following: SweepEvaluations

  /// What follows the runs, as the file has it: mappings with a `name`.
  public var evaluations: [[String: Any]] { following.given }

  /// Whether a file is a sweep's and not a job's. False for what cannot be read at all.
  public static func isSweep(_ path: String) -> Bool {
    guard let text = try? Job.read(path), let tree = try? YAMLTree(text) else { return false }
    return tree.root["sweep"] != nil
  }

  /// Reads a sweep file, makes every cell's job and checks what follows it.
  /// - Parameter limit: the most cells; nil for any number.
  public static func load(_ path: String, limit: Int? = nil) throws -> Sweep {
    let tree = try tree(path)
    let sweep: Sweep
    do { sweep = try Sweep(path, tree, limit) } catch let error as ConfigurationError {
      throw JobError(path: path, line: tree.line(of: error.key), message: "\(error)")
    }
    _ = try EvaluationSpec.each(of: sweep)
    return sweep
  }

  /// The cell of a number or an id.
  public func cell(_ text: String) throws -> SweepCell {
    let found =
      cells.first { $0.id == text }
      ?? Int(text).flatMap { number in
        cells.first { $0.number == number }
      }
    guard let found else {
      throw JobError(
        path: path, message: "there is no cell '\(text)'; it has 1 to \(cells.count), or their ids")
    }
    return found
  }

  private init(_ path: String, _ tree: YAMLTree, _ limit: Int?) throws {
    let root = tree.root
    for key in root.keys.sorted() where !Self.keys.contains(key) {
      throw ConfigurationError(key, unknown("key", key, among: Self.keys))
    }
    let file = URL(fileURLWithPath: path)
    let home = file.deletingLastPathComponent()
    func absolute(_ path: String) -> String {
      URL(fileURLWithPath: path, relativeTo: home).standardizedFileURL.path
    }
    func text(_ key: String) throws -> String? {
      guard let value = root[key] else { return nil }
      guard let text = value as? String, !text.isEmpty else {
        throw ConfigurationError(key, "expected a string")
      }
      return text
    }
    self.path = path
    let name = try text("name") ?? file.deletingPathExtension().lastPathComponent
    try Job.checkName(name)
    self.name = name
    let folder = absolute(try text("results") ?? "runs/\(name)")
    self.folder = folder
    reuse = try Self.reuse(root["reuse"]).map(absolute)
    guard let byReference = (root["by_reference"] ?? false) as? Bool else {
      throw ConfigurationError("by_reference", "expected true or false")
    }
    self.byReference = byReference

    let axes = try SweepAxes(tree)
    if let limit, axes.count > limit {
      throw ConfigurationError(
        "sweep", "\(axes.count) cells, more than \(limit); --yes if that is meant")
    }
    let base = try SweepBase(path, tree, absolute)
    let settings = axes.cells()
    let folders = SweepFolder(folder)
    cells = try settings.enumerated().map { index, settings in
      try SweepCell(
        number: index + 1, of: settings.count, settings, base, sweep: name, in: folders)
    }
    try Self.checkDistinct(cells)
    following = try SweepEvaluations(root["evaluations"], cells, lone: axes.lone)
    embeddings = try Self.embeddings(root["embeddings"], cells, absolute)
  }

  /// The evaluations that follow a cell's run: `cells` is decided, and `with` a run's folder.
  public func evaluations(of cell: SweepCell) -> [[String: Any]] {
    following.specs(of: cell).map(\.spec)
  }

  /// The same with their places in the file's list.
  public func numberedEvaluations(of cell: SweepCell) -> [(index: Int, spec: [String: Any])] {
    following.specs(of: cell)
  }

  /// The cells whose runs a cell's evaluations need beside its own.
  func partners(of cell: SweepCell) -> [SweepCell] { following.partners(of: cell) }

  /// How many runs each evaluation follows, in the file's order.
  var evaluatedRuns: [Int] { following.counts }

  static func tree(_ path: String) throws -> YAMLTree {
    do { return try YAMLTree(try Job.read(path)) } catch let error as YAMLTreeError {
      throw JobError(path: path, line: error.line, message: error.message)
    }
  }

  private static func reuse(_ value: Any?) throws -> [String] {
    guard let value else { return [] }
    guard let folders = value as? [String] else {
      throw ConfigurationError("reuse", "expected a list of other sweeps' folders")
    }
    return folders
  }

  private static func embeddings(
    _ value: Any?, _ cells: [SweepCell], _ absolute: (String) -> String
  ) throws -> SweepEmbeddings? {
    guard let value, !(value is NSNull) else { return nil }
    do { return try SweepEmbeddings(value, cells, absolute: absolute) } catch let error
      as ConfigurationError
    {
      throw error.inside("embeddings")
    }
  }

  /// Two cells with one job would be one run with two numbers.
  private static func checkDistinct(_ cells: [SweepCell]) throws {
    var first: [String: SweepCell] = [:]
    for cell in cells {
      if let other = first.updateValue(cell, forKey: cell.id) {
        throw ConfigurationError(
          "sweep",
          "cells \(other.number) and \(cell.number) are the same job (\(cell.id)): "
            + "\(other.summary); \(cell.summary)")
      }
    }
  }
}

/// The job that a sweep's cells start from.
struct SweepBase {
  /// The file that has it: the sweep's own where the job stands in it.
  let path: String
  let root: [String: Any]
  private let tree: YAMLTree
  private let prefix: String
  private let sweepPath: String
  private let sweepTree: YAMLTree

  init(_ sweepPath: String, _ sweepTree: YAMLTree, _ absolute: (String) -> String) throws {
    self.sweepPath = sweepPath
    self.sweepTree = sweepTree
    switch sweepTree.root["base"] {
    case let file as String:
      path = absolute(file)
      tree = try Sweep.tree(path)
      root = tree.root
      prefix = ""
    case let job as [String: Any]:
      path = sweepPath
      tree = sweepTree
      root = job
      prefix = "base."
    case nil, is NSNull:
      throw ConfigurationError("base", "missing; give a job file, or the job itself")
    default:
      throw ConfigurationError("base", "expected a job file, or the job itself as a mapping")
    }
  }

  /// The job with a cell's settings. Throws `JobError` at the setting that is wrong, in the file
  /// that has it.
  func job(_ settings: [SweepSetting], number: Int, own: [String: Any] = [:]) throws -> Job {
    var root = root.merging(own) { $1 }
    for setting in settings where !setting.isLabel {
      root = Setting.replace(setting.key, by: relocated(setting.value, at: setting.key), in: root)
    }
    do {
      return try Job(path: path, root)
    } catch let error as ConfigurationError {
      let guilty = settings.first {
        error.key == $0.key || error.key.hasPrefix($0.key + ".")
          || $0.key.hasPrefix(error.key + ".")
      }
      if let guilty {
        throw JobError(
          path: sweepPath, line: sweepTree.line(of: guilty.place),
          message: "\(error) (cell \(number): \(guilty.key)=\(guilty.text))")
      }
      throw JobError(
        path: path, line: tree.line(of: prefix + error.key),
        message: "\(error.inside(prefix: prefix))")
    }
  }

  /// A path in the sweep file is relative to that file, not to the base job's.
  private func relocated(_ value: Any, at key: String) -> Any {
    if let tree = value as? [String: Any] {
      return Dictionary(
        uniqueKeysWithValues: tree.map { ($0, relocated($1, at: "\(key).\($0)")) })
    }
    guard let path = value as? String, Job.isDataPath(key) else { return value }
    return relative(path)
  }

  /// The way from the base job's folder to what the sweep file calls `path`.
  private func relative(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    func folder(_ file: String) -> [String] {
      URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent().pathComponents
    }
    let (from, to) = (folder(self.path), folder(sweepPath))
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let steps = from.dropFirst(shared).map { _ in ".." } + to.dropFirst(shared)
    return (steps + [path]).joined(separator: "/")
  }
}

extension ConfigurationError {
  fileprivate func inside(prefix: String) -> ConfigurationError {
    prefix.isEmpty ? self : inside(String(prefix.dropLast()))
  }
}
