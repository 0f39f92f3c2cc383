import Catalogues
import Digests
import Foundation
import Jobs

/// One evaluation, as a mapping describes it: `{ name: knn, data: fsdd.h5, k: 200 }`.
public struct EvaluationSpec {
  /// The task's.
  public let name: String
  /// The mapping with every default filled in and absolute paths.
  public let resolved: [String: Any]
  let task: any EvaluationTask

  private static let pathKeys = ["data", "test_data", "with"]

  /// - Parameter folder: what relative paths are relative to.
  public init(_ settings: [String: Any], relativeTo folder: String) throws {
    var settings = settings
    for key in Self.pathKeys {
      if let path = settings[key] as? String, !path.isEmpty {
        settings[key] =
          URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
          .standardizedFileURL.path
      }
    }
    resolved = try evaluationTasks.resolve(settings)
    task = try evaluationTasks.make(settings)
    name = resolved["name"] as? String ?? ""
  }

  /// The evaluations of a file: a list of mappings, or a file that has one under `evaluations`, as
  /// a sweep's.
  public static func load(_ path: String) throws -> [EvaluationSpec] {
    var text = try readText(path)
    // A list becomes the value of a key, which YAML allows without indentation.
    let first = text.split(whereSeparator: \.isNewline)
      .first { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") && $0 != "---" }
    if let first, first.hasPrefix("-") { text = "evaluations:\n" + text }
    if let first, first.hasPrefix("[") { text = "evaluations: " + text }
    let tree: YAMLTree
    do { tree = try YAMLTree(text) } catch {
      throw JobError(path: path, message: error.message)
    }
    guard let list = tree.root["evaluations"] as? [Any], !list.isEmpty else {
      throw JobError(
        path: path, message: "expected a list of evaluations, as in - { name: knn, data: fsdd.h5 }")
    }
    return try list.enumerated().map { try make($1, at: $0, of: path) }
  }

  /// One of a file's evaluations.
  /// - Parameters:
  ///   - item: a mapping with a name.
  ///   - index: its place in the file.
  public static func make(
    _ item: Any, at index: Int, of path: String
  ) throws -> EvaluationSpec {
    do {
      guard let settings = item as? [String: Any] else {
        throw ConfigurationError("", "expected a mapping with a name")
      }
      for key in ["cells", "with"] where settings[key] is [String: Any] {
        throw ConfigurationError(
          key, "depends on the cell of a sweep; give the sweep's file, and the cell with --cell")
      }
      return try EvaluationSpec(
        settings, relativeTo: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    } catch let error as ConfigurationError {
      throw JobError(path: path, message: "\(error.inside("evaluations[\(index)]"))")
    }
  }

  /// One from the command line.
  /// - Parameter settings: `key=value` pairs.
  public static func parse(
    task: String, settings: [String], relativeTo folder: String
  ) throws -> EvaluationSpec {
    var tree = try Setting.tree(settings, example: "k=20")
    tree["name"] = task
    do { return try EvaluationSpec(tree, relativeTo: folder) } catch let error as ConfigurationError
    {
      throw JobError(path: "evaluation \(task)", message: "\(error)")
    }
  }

  private static func readText(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw JobError(path: path, message: "there is no such file; expected evaluations (YAML)")
    }
    guard data.count < 1 << 20, let text = String(data: data, encoding: .utf8) else {
      throw JobError(path: path, message: "this is not a list of evaluations (YAML)")
    }
    return text
  }

  /// What it computes. Opens its data; samples are not needed.
  public func workload() throws -> EvaluationWorkload {
    do { return try task.workload() } catch let error as ConfigurationError {
      throw JobError(path: "evaluation \(name)", message: "\(error)")
    }
  }

  /// `knn-0123456789ab`: twelve hexadecimal digits tell it from any other measurement of the run.
  /// They are a hash of what was measured and after which round.
  /// - Parameter other: the hash of the other run's model, where the task has one.
  func title(round: Int, other: String?) -> String {
    var content: [String: Any] = ["spec": resolved, "round": round]
    content["with"] = other
    return "\(name)-\(SHA256.hex(of: jsonText(content)).prefix(12))"
  }
}
