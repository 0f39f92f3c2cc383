import Federation
import Files
import Foundation
import HDF5

/// Writes a run's results as they come, on rank 0.
///
/// The file is written anew after each round, whole or not at all: rows are few. So it can be read
/// while the run goes on, and a run that is killed leaves the rows of complete rounds.
final class ResultsWriter {
  private let path: String
  /// What is written as attributes: the job, versions, the machine.
  private let attributes: [String: String]
  private(set) var results = Results()

  /// Goes on with what a file at `path` has of the rounds up to `completed`.
  /// - Parameter warn: told where the file has no checksum; it has one from the next round on.
  init(
    _ path: String, completed: Int, attributes: [String: String],
    warn: (String) -> Void
  ) throws {
    self.path = path
    self.attributes = attributes
    guard FileManager.default.fileExists(atPath: path) else { return }
    do { results = try Results(reading: path, completed: completed, warn: warn) } catch {
      throw JobError(
        path: path,
        message: "cannot be continued (\(error)); move it away to go on without its rows")
    }
  }

  /// - Parameter samples: by modality, each client's number of samples.
  func add(_ report: RoundReport, round: Int, samples: [String: [Int]]) {
    var reals = [
      "idle_share": report.idleShare, "seconds/monitor": 0,
      "time": Date().timeIntervalSince1970,
    ]
    for (phase, seconds) in report.seconds { reals["seconds/\(phase)"] = seconds }
    // A rank that trains alone is never idle while training lasts.
    if report.idleSeconds.count > 1 {
      for (rank, seconds) in report.idleSeconds { reals["idle_seconds/\(rank)"] = seconds }
    }
    for (modality, loss) in report.losses { reals["loss/\(modality)"] = loss }
    for layer in report.drift {
      reals["drift_distance/\(layer.layer)"] = layer.distance
      reals["drift_cosine/\(layer.layer)"] = layer.cosine
      reals["drift_length/\(layer.layer)"] = layer.length
    }
    var counts = [
      "bytes": report.bytes, "clients": report.clients.count, "steps": report.steps,
      "clients_left_out": report.clientsLeftOut.count,
      "clients_without_steps": report.clientsWithoutSteps, "views": report.views,
    ]
    for (modality, samples) in samples {
      let own = report.clients.map { samples[$0.client] }
      counts["clients_with/\(modality)"] = own.count { $0 > 0 }
      counts["samples/\(modality)"] = own.reduce(0, +)
    }
    add(Results.Row(round: round, counts: counts, reals: reals))
    for client in report.clientsLeftOut {
      add(Results.LeftOut(round: round, client: client.client, reason: client.divergence ?? ""))
    }
  }

  func add(_ row: Results.Row) { results.add(row) }
  func add(_ left: Results.LeftOut) { results.add(left) }

  /// - Parameter seconds: what the measurements took.
  func add(_ measured: [MonitorFigure], round: Int, seconds: Double) {
    results.add(measured, round: round, seconds: seconds)
  }

  func save() throws {
    try HDF5File.saveSealed(path) { file in
      try Results.format.stamp(file)
      for (name, value) in attributes { try file.setAttribute(name, value) }
      try results.write(to: file)
    }
  }
}
