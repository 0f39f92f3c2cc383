import Catalogues
import Files
import Foundation
import Jobs
import MessagePassing

/// One evaluation, as a mapping describes it: `{ name: knn, data: fsdd.h5, k: 200 }`.
public struct EvaluationSpec {
  /// The task's.
  public let name: String
  /// The mapping with every default filled in and absolute paths.
  public let resolved: Tree
  /// The round whose model is measured, 0 for the one before training; the newest where nil.
  public let round: Int?
  let task: any EvaluationTask
  /// Where it stands, for messages: its file, line and place in the list.
  private let place: String?

  /// - Parameters:
  ///   - folder: what relative paths are relative to.
  ///   - place: where it stands, for messages; nil for the command line.
  public init(_ settings: Tree, relativeTo folder: String, place: String? = nil) throws {
    var settings = settings
    let folder = URL(fileURLWithPath: folder, isDirectory: true)
    for key in try evaluationTasks.fileOptions(of: settings) {
      guard let path = settings[key]?.text, !path.isEmpty else { continue }
      settings[key] = .text(URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path)
    }
    round = try Self.round(of: settings)
    settings[Self.roundKey] = nil
    var resolved = try evaluationTasks.resolve(settings)
    resolved[Self.roundKey] = round.map { .whole($0) }
    self.resolved = resolved
    task = try evaluationTasks.make(settings)
    // The other run would be at its newest round.
    try ConfigurationError.require(
      round == nil || !(task is JoinedEvaluation) || task.other == nil, Self.roundKey,
      "is of one run alone; leave out it or 'with'")
    name = resolved["name"]?.text ?? ""
    self.place = place
  }

  /// The option that every task has.
  public static let roundKey = "round"
  public static let roundMeaning =
    "whose model: of a kept checkpoint, or 0 for the one before training; the newest if not given"

  /// The round that a mapping names; nil where it names none.
  public static func round(of settings: Tree) throws(ConfigurationError) -> Int? {
    guard let given = settings[roundKey], given != .null else { return nil }
    guard let round = given.whole, round >= 0 else {
      throw ConfigurationError(roundKey, "expected the number of a round, 0 for before training")
    }
    return round
  }

  /// What `body` makes of it, its errors as those of this evaluation: a file of many says which.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as WorkStopped { throw error } catch {
      guard place != nil || error is ConfigurationError else { throw error }
      throw JobError(path: place ?? "evaluation \(name)", message: "\(error)")
    }
  }

  /// The sample stores that a mapping names, as it has them; none where it names no task.
  public static func stores(of settings: Tree) -> [String] {
    let options = (try? evaluationTasks.fileOptions(of: settings)) ?? []
    return options.filter { $0 != otherRun }.compactMap { settings[$0]?.text }
  }

  /// The option that names another run's folder.
  private static let otherRun = "with"

  /// The evaluations of a file: a list of mappings, or a file that has one under `evaluations`, as
  /// a sweep's.
  public static func load(_ path: String) throws -> [EvaluationSpec] {
    let file = try SettingsFile(
      path, kind: "a list of evaluations", listKey: "evaluations")
    guard let list = file.tree["evaluations"]?.list, !list.isEmpty else {
      throw JobError(
        path: path, message: "expected a list of evaluations, as in - { name: knn, data: fsdd.h5 }")
    }
    return try list.enumerated().map { try make($1, at: $0, of: file) }
  }

  /// One of a file's evaluations.
  /// - Parameters:
  ///   - item: a mapping with a name.
  ///   - index: its place in the file.
  public static func make(
    _ item: Tree, at index: Int, of file: SettingsFile
  ) throws -> EvaluationSpec {
    try file.reading {
      try ConfigurationError.inside("evaluations[\(index)]") {
        try ConfigurationError.require(item.mapping != nil, "", "expected a mapping with a name")
        for key in ["cells", otherRun] where item[key]?.mapping != nil {
          throw ConfigurationError(
            key, "depends on the cell of a sweep; give the sweep's file, and the cell with --cell")
        }
        let key = "evaluations[\(index)]"
        let line = file.tree.line(of: key).map { ":\($0)" } ?? ""
        return try EvaluationSpec(
          item, relativeTo: FileSystem.parent(of: file.path),
          place: "\(file.path)\(line): \(key), \(item["name"]?.text ?? "")")
      }
    }
  }

  /// One from the command line.
  /// - Parameter settings: `key=value` pairs.
  public static func parse(
    task: String, settings: [String], relativeTo folder: String
  ) throws -> EvaluationSpec {
    let tree = try Setting.tree(settings, example: "k=20").with(["name": .text(task)])
    do { return try EvaluationSpec(tree, relativeTo: folder) } catch let error as ConfigurationError
    {
      throw JobError(path: "evaluation \(task)", message: "\(error)")
    }
  }

  /// What it computes. Opens its data; samples are not needed.
  public func workload() throws -> EvaluationWorkload {
    var workload = try naming { try task.workload() }
    workload.round = round
    return workload
  }

  /// `knn-0123456789ab`: twelve hexadecimal digits tell it from any other measurement of the run.
  /// They are a hash of what was measured and after which round.
  /// - Parameter other: the hash of the other model, where the task has one.
  func title(round: Int, other: String?) -> String {
    var content: Tree = ["spec": resolved, "round": .whole(round)]
    content["with"] = other.map { .text($0) }
    return "\(name)-\(content.digest)"
  }
}
