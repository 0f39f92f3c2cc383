import Catalogues
import Files
import Foundation
import Jobs

/// Figures of runs as TensorBoard reads them: a folder for each run, with an event file.
public struct TensorBoardFolder {
  public let path: String

  /// TensorBoard looks for "tfevents".
  static let fileName = "events.out.tfevents.motet"

  public init(_ path: String) { self.path = path }

  /// What is to be done to a run's event file.
  private enum Change {
    /// TensorBoard goes on reading an open file, and looks for no other of its name.
    case addition(ArraySlice<UInt8>)
    case wholeFile([UInt8])
  }

  /// Writes the runs' event files; of one that is there and has the beginning of a run what is new
  /// is added. Throws before anything is written where a file has other figures.
  /// - Parameter overwrite: whether such a file is replaced.
  /// - Returns: the paths of the runs' folders.
  public func write(_ runs: [RunFigures], overwrite: Bool) throws -> [String] {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      throw JobError(
        path: path, message: "is a file, and event files go into a folder; give another name")
    }
    let changes = try runs.map { run in
      let folder = "\(path)/\(run.name)"
      guard FileSystem.resolved(folder) != FileSystem.resolved(run.path) else {
        throw JobError(
          path: path, message: "\(folder) is the run's own folder; give event files another")
      }
      return (folder, try change(of: "\(folder)/\(Self.fileName)", to: run.events, overwrite))
    }
    for (folder, change) in changes {
      let file = "\(folder)/\(Self.fileName)"
      switch change {
      case .addition(let bytes): try FileSystem.append(bytes, to: file)
      case .wholeFile(let bytes):
        try FileSystem.makeFolder(folder)
        try FileSystem.write(bytes, to: file)
      }
    }
    return changes.map(\.0)
  }

  private func change(of file: String, to bytes: [UInt8], _ overwrite: Bool) throws -> Change {
    guard FileManager.default.fileExists(atPath: file) else { return .wholeFile(bytes) }
    if let old = FileSystem.contents(file, most: bytes.count), bytes.starts(with: old) {
      return .addition(bytes[old.count...])
    }
    guard overwrite else {
      throw JobError(
        path: file,
        message: "has other figures than the run has now; give another folder or --overwrite")
    }
    return .wholeFile(bytes)
  }
}

extension RunFigures {
  /// The run's event file. As the run goes on it only grows: what is measured after a round is an
  /// event of its own, behind that of the round. It begins with the first round, from whose end the
  /// time of what was before is known.
  var events: [UInt8] {
    let times = roundTimes
    guard !results.rows.isEmpty, let begin = times.first?.time else { return [] }
    var file = EventFile(time: begin)
    if let job = results.job.flatMap({ try? Tree(json: $0) }) {
      file.add(time: begin, tag: "job", markdown: "```yaml\n\(Job.yaml(job))```\n")
    }
    let rows = Dictionary(results.rows.map { ($0.round, $0) }, uniquingKeysWith: { $1 })
    for (round, time) in times {
      let row = rows[round]
      if let row { file.add(time: time, step: round, scalars: row.scalars) }
      let measured = results.measurements(round: round)
      guard !measured.isEmpty else { continue }
      var scalars = measured.map { ("accuracy/\($0.modality)", Float($0.accuracy)) }
      if let seconds = row?.reals[Results.Row.monitor] {
        scalars.append((Results.Row.monitor, Float(seconds)))
      }
      file.add(time: time, step: round, scalars: scalars)
    }
    return file.bytes
  }

  /// When each round was complete, in seconds since 1970, by round. What does not say so was
  /// complete as long before the next as that took; the last, when the file was written.
  private var roundTimes: [(round: Int, time: Double)] {
    var next: (time: Double, seconds: Double)?
    func time(_ measuring: Double) -> Double {
      next.map { $0.time - $0.seconds - measuring } ?? modified - measuring
    }
    var times: [(round: Int, time: Double)] = []
    for row in results.rows.sorted(by: { $0.round > $1.round }) {
      let own = row.reals["time"] ?? time(row.reals[Results.Row.monitor] ?? 0)
      times.append((row.round, own))
      next = (own, row.seconds)
    }
    // Measured before training.
    let known = Set(times.map(\.round))
    for round in Set(results.measurements.map(\.round)).subtracting(known).sorted(by: >) {
      times.append((round, time(0)))
    }
    return times.sorted { $0.round < $1.round }
  }
}

extension Results.Row {
  fileprivate static let monitor = "seconds/monitor"

  /// The round's numbers, by name, but for what comes after it.
  fileprivate var scalars: [(tag: String, value: Float)] {
    var values = counts.mapValues { Float($0) }
    for (name, value) in reals where !["time", Self.monitor].contains(name) {
      values[name] = Float(value)
    }
    if let views = counts["views"], seconds > 0 {
      values["views_per_second"] = Float(Double(views) / seconds)
    }
    return values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
