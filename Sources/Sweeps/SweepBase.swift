import Catalogues
import Foundation
import Jobs

/// The job that a sweep's cells start from.
struct SweepBase {
  /// The file that has it: the sweep's own where the job stands in it.
  private let file: SettingsFile
  private let root: Tree
  /// What stands before a key of the job in its file.
  private let place: String?
  private let sweep: SettingsFile

  init(_ sweep: SettingsFile, _ absolute: (String) -> String) throws {
    self.sweep = sweep
    switch sweep.tree["base"] {
    case .text(let path):
      file = try SettingsFile(absolute(path))
      root = file.tree
      place = nil
    case .mapping(let job):
      file = sweep
      root = .mapping(job)
      place = "base"
    case nil, .null:
      throw ConfigurationError("base", "missing; give a job file, or the job itself")
    default:
      throw ConfigurationError("base", "expected a job file, or the job itself as a mapping")
    }
  }

  /// The job with a cell's settings. Throws `JobError` at the setting that is wrong, in the file
  /// that has it.
  func job(_ settings: [SweepSetting], number: Int, own: Tree = [:]) throws -> Job {
    var root = root.with(own)
    for setting in settings where !setting.isLabel {
      root = root.replacing(setting.key, by: relocated(setting.value, at: setting.key))
    }
    do {
      return try Job(path: file.path, root)
    } catch let error as ConfigurationError {
      let guilty = settings.first { Setting.overlap(error.key, $0.key) }
      guard let guilty else { throw file.error(place.map(error.inside) ?? error) }
      throw JobError(
        path: sweep.path, line: sweep.tree.line(of: guilty.place),
        message: "\(error) (cell \(number): \(guilty.key)=\(guilty.text))")
    }
  }

  /// A path in the sweep file is relative to that file, not to the base job's.
  private func relocated(_ value: Tree, at key: String) -> Tree {
    if let mapping = value.mapping {
      return Tree(mapping.map { ($0, relocated($1, at: "\(key).\($0)")) })
    }
    guard let path = value.text, Job.isDataPath(key) else { return value }
    return .text(relative(path))
  }

  /// The way from the base job's folder to what the sweep file calls `path`.
  private func relative(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    func folder(_ file: String) -> [String] {
      URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent().pathComponents
    }
    let (from, to) = (folder(file.path), folder(sweep.path))
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let steps = from.dropFirst(shared).map { _ in ".." } + to.dropFirst(shared)
    return (steps + [path]).joined(separator: "/")
  }
}
