import Digests
import Foundation

/// One run of a sweep: a job with a number and a stable id.
public struct SweepCell {
  /// From 1, in the sweep's order; a change of the sweep may change it.
  public let number: Int
  /// A hash of the resolved job: the same job has the same id in any sweep.
  public let id: String
  /// What the sweep sets, by dotted key, as texts for a person; labels are not among them.
  public let settings: [(key: String, text: String)]
  /// Columns for tables, which change no job.
  public let labels: [(name: String, text: String)]
  /// The job, its files in the sweep's folder.
  public let job: Job

  /// The run's folder, absolute.
  public var folder: String { job.results }

  /// "clients.alpha=0.1 seed=1".
  public var summary: String {
    (labels.map { "\($0.name)=\($0.text)" } + settings.map { "\($0.key)=\($0.text)" })
      .joined(separator: " ")
  }

  init(
    number: Int, of count: Int, _ settings: [SweepSetting], _ base: SweepBase, sweep: String,
    in folder: SweepFolder
  ) throws {
    self.number = number
    self.settings = settings.filter { !$0.isLabel }.map { ($0.key, $0.text) }
    labels = settings.filter(\.isLabel).map {
      (String($0.key.dropFirst(SweepAxes.labelPrefix.count)), $0.text)
    }
    let plain = try base.job(settings, number: number)
    id = jobID(plain.resolved)
    job = try base.job(
      settings, number: number,
      own: [
        "name": "\(sweep)-\(number)",
        "results": folder.run(number, of: count, id: id),
        "shards": folder.shards(plain),
      ])
  }
}

/// The first 12 digits of a resolved job's SHA-256, without its name and the folders of its files.
func jobID(_ resolved: [String: Any]) -> String {
  shortDigest(resolved.filter { !["name", "results", "shards"].contains($0.key) })
}

/// 12 digits of the SHA-256 of a tree's canonical JSON.
public func shortDigest(_ tree: [String: Any]) -> String {
  String(SHA256.hex(of: jsonText(reread(tree))).prefix(12))
}

/// A tree as it comes back from a file: so that numbers are of the same kinds.
func reread(_ tree: [String: Any]) -> [String: Any] {
  let object = try? JSONSerialization.jsonObject(with: Data(jsonText(tree).utf8))
  return object as? [String: Any] ?? [:]
}
