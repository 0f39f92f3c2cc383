import Catalogues
import Downstream
import Foundation
import Jobs
import Machines

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
  /// More are refused, meant or not: to list them takes minutes.
  private static let mostEver = 100_000

  let file: SettingsFile
  public let name: String
  /// The folder of the runs and of their shards, absolute.
  public let folder: String
  /// Folders of other sweeps, absolute: their finished runs of the same jobs are used.
  public let reuse: [String]
  /// Whether shards refer to the sample stores instead of copying them.
  public let byReference: Bool
  public let cells: [SweepCell]
  /// Features to be written after each run's evaluations; nil for none.
  public let embeddings: SweepEmbeddings?
  private let following: SweepEvaluations
  let data = SweepData()

  /// What follows the runs, as the file has it: mappings with a `name`.
  public var evaluations: [Tree] { following.given }

  public var path: String { file.path }

  /// Whether a file is a sweep's and not a job's. False for what cannot be read at all.
  public static func isSweep(_ path: String) -> Bool {
    (try? SettingsFile(path))?.tree["sweep"] != nil
  }

  /// Reads a sweep file, makes every cell's job and checks what follows it.
  /// - Parameter limit: the most cells; nil for any number.
  public static func load(_ path: String, limit: Int? = nil) throws -> Sweep {
    let file = try SettingsFile(path)
    let sweep = try file.reading { try Sweep(file, limit) }
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

  private init(_ file: SettingsFile, _ limit: Int?) throws {
    let root = file.tree
    guard root["sweep"] != nil || root["data"] == nil else {
      throw JobError(path: file.path, message: "this is a job, not a sweep; use 'motet run'")
    }
    try root.checkKeys(among: Self.keys)
    let url = URL(fileURLWithPath: file.path)
    func absolute(_ path: String) -> String { Job.absolute(path, beside: file.path) }
    self.file = file
    let name = try root.text("name") ?? url.deletingPathExtension().lastPathComponent
    try Job.checkName(name)
    self.name = name
    let folder = absolute(try root.text("results") ?? "runs/\(name)")
    self.folder = folder
    reuse = try Self.reuse(root["reuse"]).map(absolute)
    guard let byReference = (root["by_reference"] ?? false).flag else {
      throw ConfigurationError("by_reference", "expected true or false")
    }
    self.byReference = byReference

    let axes = try SweepAxes(root["sweep"] ?? .null)
    if let limit, axes.count > limit {
      throw ConfigurationError(
        "sweep", "\(counted(axes.count, "cell")), more than \(limit); --yes if that is meant")
    }
    try ConfigurationError.require(
      axes.count <= Self.mostEver, "sweep",
      "\(counted(axes.count, "cell")), more than \(Self.mostEver); make several sweeps of it")
    let base = try SweepBase(file, absolute)
    let settings = axes.cells()
    let folders = SweepFolder(folder)
    cells = try settings.enumerated().map { index, settings in
      if StopSignal.isReceived { throw Stopped(after: "nothing but reading the sweep") }
      return try SweepCell(
        number: index + 1, of: settings.count, settings, base, sweep: name, in: folders)
    }
    try Self.checkDistinct(cells)
    following = try SweepEvaluations(root["evaluations"], cells, lone: axes.lone)
    embeddings = try Self.embeddings(root["embeddings"], cells, absolute)
  }

  /// The evaluations that follow a cell's run: `cells` is decided, and `with` a run's folder.
  public func evaluations(of cell: SweepCell) -> [Tree] {
    following.specs(of: cell).map(\.spec)
  }

  /// The same with their places in the file's list.
  public func numberedEvaluations(of cell: SweepCell) -> [(index: Int, spec: Tree)] {
    following.specs(of: cell)
  }

  /// The cells whose runs a cell's evaluations need beside its own.
  func partners(of cell: SweepCell) -> [SweepCell] { following.partners(of: cell) }

  /// How many runs each evaluation follows, in the file's order.
  var evaluatedRuns: [Int] { following.counts }

  private static func reuse(_ value: Tree?) throws -> [String] {
    guard let value else { return [] }
    guard let folders = value.texts else {
      throw ConfigurationError("reuse", "expected a list of other sweeps' folders")
    }
    return folders
  }

  private static func embeddings(
    _ value: Tree?, _ cells: [SweepCell], _ absolute: (String) -> String
  ) throws -> SweepEmbeddings? {
    guard let value, value != .null else { return nil }
    return try ConfigurationError.inside("embeddings") {
      try SweepEmbeddings(value, cells, absolute: absolute)
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
