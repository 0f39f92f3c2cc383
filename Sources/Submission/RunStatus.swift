import Catalogues
import Foundation
import Jobs
import Sweeps

/// How far a run is, by its files and by Slurm's queue.
struct RunStatus {
  enum State: Equatable {
    case missing
    case queued(why: String)
    case running(where: String)
    /// Begun, and nobody is at it.
    case stopped
    case failed(String)
    /// Its results cannot be read.
    case damaged(String)
    /// All rounds are done, and this is to follow.
    case trained(next: String)
    case finished
  }

  /// What a person calls it.
  let name: String
  let state: State
  /// Complete rounds, of so many.
  let round: Int
  let rounds: Int
  /// Seconds to the last round, at the pace of the last ones; nil where none was timed.
  let left: Double?
  /// The last measurement.
  let figures: [MonitorFigure]
  /// Slurm's job.
  let job: SlurmQueue.Entry?

  /// - Parameters:
  ///   - resolved: the run's job, as JSON, where its files may not have it yet.
  ///   - following: what the sweep has not done of what follows its rounds.
  init(
    _ folder: String, name: String, resolved: String? = nil, job entry: SlurmQueue.Entry? = nil,
    following: String? = nil
  ) {
    self.name = name
    job = entry
    let run = RunFolder(folder)
    var results: Results?
    var damage: String?
    if FileManager.default.fileExists(atPath: run.resultsFile) {
      do { results = try Results(reading: run.resultsFile) } catch { damage = "\(error)" }
    }
    let checkpoint = run.checkpoints.rounds().first
    let job = (results?.job ?? resolved).flatMap { try? Tree(json: $0) } ?? [:]
    rounds = job[path: "federation.rounds"]?.whole ?? 0
    round = results?.rows.last?.round ?? checkpoint ?? 0
    let last = results?.measurements.last?.round
    figures = results.map { $0.measurements(round: last ?? 0) } ?? []
    let pace = (results?.rows.suffix(5) ?? []).map { row in
      row.reals.filter { $0.key.hasPrefix("seconds/") }.reduce(0) { $0 + $1.value }
    }
    left = pace.isEmpty ? nil : pace.reduce(0, +) / Double(pace.count) * Double(rounds - round)

    let isMeasured = (job[path: "monitor.every"]?.whole ?? 0) == 0 || last == rounds
    let isTrained = results != nil && rounds > 0 && checkpoint == rounds && isMeasured
    if let entry {
      state = entry.isRunning ? .running(where: entry.reason) : .queued(why: entry.reason)
    } else if let holder = Self.holder(folder) {
      state = .running(where: holder)
    } else if let damage {
      state = .damaged(damage)
    } else if isTrained, following == nil {
      state = .finished
    } else if let failure = RunFailure.read(in: folder) {
      state = .failed("\(failure.stage): \(failure.message)")
    } else if let following, isTrained {
      state = .trained(next: following)
    } else {
      state = results == nil && checkpoint == nil ? .missing : .stopped
    }
  }

  /// Who is at work on the run, or on what follows it.
  private static func holder(_ folder: String) -> String? {
    let own = FolderLock.holder(folder)
    return own
      ?? CellStage.allCases.lazy.compactMap { stage in
        FolderLock.holder("\(folder)/\(stage.folder)").map { "\(stage.rawValue), \($0)" }
      }.first
  }
}
