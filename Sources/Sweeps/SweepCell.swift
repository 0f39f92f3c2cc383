import Foundation
import Jobs

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
        "results": .text(folder.run(number, of: count, id: id)),
        "shards": .text(folder.shards(plain)),
      ])
  }
}
