import Files
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Jobs

@Suite struct ResultsTests {
  let folder = TemporaryFolder()

  func open(
    completed: Int = .max, warn: (String) -> Void = { _ in }
  ) throws -> ResultsWriter {
    try ResultsWriter(
      folder.path("results.h5"), completed: completed, attributes: ["job": "{}"], warn: warn)
  }

  func figure(_ modality: String, _ accuracy: Double) -> MonitorFigure {
    MonitorFigure(data: "demo", modality: modality, accuracy: accuracy)
  }

  static func counts(views: Int) -> [String: Int] {
    [
      "bytes": 0, "clients": 10, "clients_left_out": 0, "clients_without_steps": 1, "steps": 3,
      "views": views,
    ]
  }

  /// Measurements before round 1 and after rounds 2 and 4, a row for each of 4 rounds.
  func write() throws -> Results {
    let writer = try open(completed: 0)
    writer.add([figure("image", 0.1)], round: 0, seconds: 1)
    for round in 1...4 {
      writer.add(
        Results.Row(
          round: round, counts: Self.counts(views: 100 * round),
          reals: round == 3 ? ["seconds/sum": 0.5] : ["loss/image": 1 / Double(round)]))
      if round % 2 == 0 {
        writer.add([figure("image", 0.1), figure("audio", 0.2)], round: round, seconds: 2)
      }
      try writer.save()
    }
    return writer.results
  }

  /// Whose data are not in the model, and why.
  @Test func trainingsThatAreLeftOutAreNamed() throws {
    let writer = try open(completed: 0)
    let expected = (1...3).map { Results.LeftOut(round: $0, client: 2, reason: "the loss is nan") }
    for left in expected { writer.add(left) }
    try writer.save()
    #expect(try Results(reading: folder.path("results.h5")).leftOut == expected)
    #expect(try open(completed: 2).results.leftOut == Array(expected.prefix(2)))
  }

  @Test func whatIsSavedComesBack() throws {
    let written = try write()
    let read = try Results(reading: folder.path("results.h5"))
    #expect(read.rows == written.rows)
    #expect(read.rows.count == 4)
    #expect(read.rows.map { $0.reals["seconds/monitor"] } == [nil, 2, nil, 2])
    #expect(read.measurements.map(\.round) == [0, 2, 2, 4, 4])
    #expect(read.measurements(round: 2) == [figure("image", 0.1), figure("audio", 0.2)])
    #expect(read.measurements.last?.round == 4)
    #expect(folder.names == ["results.h5"])
  }

  @Test func roundsThatTheCheckpointDoesNotKnowAreForgotten() throws {
    _ = try write()
    let read = try open(completed: 3).results
    #expect(read.rows.map(\.round) == [1, 2, 3])
    #expect(read.measurements.map(\.round) == [0, 2, 2])
    let fresh = try open(completed: 0).results
    #expect(fresh.rows.isEmpty && fresh.measurements.map(\.round) == [0])
  }

  /// A seal can be forged: columns of several lengths are no table.
  @Test(arguments: ["/rounds/views", "/rounds/loss/image", "/monitor/data", "/monitor/accuracy"])
  func columnsOfSeveralLengthsAreNamed(column: String) throws {
    let path = folder.path("results.h5")
    try HDF5File.saveSealed(path) { file in
      try Results.format.stamp(file)
      func rows(_ name: String) -> Int { name == column ? 3 : 2 }
      try file.write("/rounds/round", [1, 2] as [Int64])
      try file.write("/rounds/views", [Int64](repeating: 1, count: rows("/rounds/views")))
      try file.write(
        "/rounds/loss/image", [Double](repeating: 1, count: rows("/rounds/loss/image")))
      try file.write("/monitor/round", [1, 2] as [Int64])
      for name in ["/monitor/data", "/monitor/modality"] {
        try file.write(name, texts: [String](repeating: "a", count: rows(name)))
      }
      try file.write("/monitor/accuracy", [Double](repeating: 1, count: rows("/monitor/accuracy")))
    }
    #expect(
      message { _ = try Results(reading: path) }
        == "\(path): \(column) has 3 rows of 2; the file is damaged")
  }

  /// Another program has opened the file for writing, which cuts off the seal: its rows are read
  /// on, and the next round seals it again.
  @Test func aFileWithoutASealIsReadOnAndSealedAgain() throws {
    let written = try write()
    let path = folder.path("results.h5")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.dropLast(78).write(to: URL(fileURLWithPath: path))
    var warnings: [String] = []
    let writer = try open { warnings.append($0) }
    #expect(warnings.count == 1 && warnings[0].hasPrefix("\(path): its seal is missing: "))
    #expect(warnings[0].hasSuffix("(in h5py with mode 'r')") && !warnings[0].contains("\n"))
    #expect(writer.results.rows == written.rows)
    try writer.save()
    #expect(try open { warnings.append($0) }.results.rows == written.rows && warnings.count == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
  }

  @Test func aDamagedFileIsNamed() throws {
    _ = try write()
    let url = URL(fileURLWithPath: folder.path("results.h5"))
    var data = try Data(contentsOf: url)
    data[data.count / 2] ^= 4
    try data.write(to: url)
    #expect {
      _ = try open()
    } throws: { "\($0)".hasPrefix(url.path) && !"\($0)".contains("\n") }
  }
}
