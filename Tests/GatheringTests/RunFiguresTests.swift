import Files
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Gathering
@testable import Jobs
@testable import Sweeps

/// Figures of runs as tables and as TensorBoard's event files.
@Suite struct RunFiguresTests {
  let folder = TemporaryFolder()
  var table: CSVTables { CSVTables(folder.path("all.csv")) }
  var tensorBoard: TensorBoardFolder { TensorBoardFolder(folder.path("tb")) }

  /// Results after some rounds, measured before them and after every second.
  /// - Parameters:
  ///   - saved: told of each time that they are written.
  ///   - begin: in seconds since 1970; of an older Motet, which did not say, where nil.
  @discardableResult
  func makeRun(
    _ name: String, rounds: Int = 3, begin: Double? = 1.7e9, saved: () throws -> Void = {}
  ) throws -> String {
    let path = folder.path(name)
    try FileSystem.makeFolder(path)
    let writer = try ResultsWriter(
      RunFolder(path).resultsFile, completed: 0,
      attributes: ["job": #"{"name":"small","seed":1}"#], warn: { _ in })
    func measure(_ round: Int) throws {
      let figure = MonitorFigure(data: "i", modality: "image", accuracy: Double(round + 1) / 10)
      writer.add([figure], round: round, seconds: 1)
      try writer.save()
      try saved()
    }
    try measure(0)
    for round in 1...rounds {
      var reals = [
        "loss/image": 1 / Double(round), "seconds/training": 8, "seconds/sum": 2,
        "seconds/monitor": 0,
      ]
      if let begin { reals["time"] = begin + 10 * Double(round) }
      writer.add(Results.Row(round: round, counts: ["views": 100 * round], reals: reals))
      try writer.save()
      try saved()
      if round % 2 == 0 { try measure(round) }
    }
    return path
  }

  func find(_ paths: String...) throws -> RunFigures.Found {
    try RunFigures.find(paths, warn: { _ in })
  }

  func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  /// What a file has, found by the message of each record: the tag's or the text's first byte.
  func records(_ run: String = "a") throws -> [[UInt8]] {
    let file = folder.path("tb/\(run)/\(TensorBoardFolder.fileName)")
    var rest = try #require(FileSystem.contents(file))[...]
    var records: [[UInt8]] = []
    while !rest.isEmpty {
      let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      records.append(Array(rest.dropFirst(12).prefix(length)))
      rest = rest.dropFirst(16 + length)
    }
    return records
  }

  @Test func aRowARound() throws {
    let run = try makeRun("a")
    try table.write(find(run).runs, warn: { _ in }, damaged: { Issue.record("\($0)") })
    let expected = [
      "run,round,time,accuracy/image,bytes,clients,clients_left_out,clients_without_steps,"
        + "data/image,loss/image,seconds/monitor,seconds/sum,seconds/training,steps,views",
      "a,0,,0.1,,,,,i,,,,,,",
      "a,1,1700000010.0,,0,0,0,0,,1.0,0.0,2.0,8.0,0,100",
      "a,2,1700000020.0,0.3,0,0,0,0,i,0.5,1.0,2.0,8.0,0,200",
      "a,3,1700000030.0,,0,0,0,0,,0.3333333333333333,0.0,2.0,8.0,0,300",
    ]
    #expect(try text(table.path) == expected.map { $0 + "\n" }.joined())
    #expect(
      try text(table.evaluations)
        == "run,task,data,modality,round,figure,value,low,high,count,spec,file\n")
  }

  @Test func evaluationsHaveATableOfTheirOwn() throws {
    let run = try makeRun("a")
    try GatherTests().makeEvaluation(run, accuracy: 0.5)
    folder.write("a/evaluations/linear-ab.h5", "nothing")
    var damaged: [String] = []
    try table.write(find(run).runs, warn: { _ in }, damaged: { damaged.append($0) })
    let lines = try text(table.evaluations).split(separator: "\n")
    #expect(lines.count == 3 && lines[1].hasPrefix("a,knn,fsdd,audio,3,accuracy,0.5,0.4,0.6,300,"))
    #expect(lines[2].hasPrefix("a,knn,fsdd,audio,3,loss,0.25,,,300,\"{\"\"data\"\":"))
    #expect(damaged.count == 1 && damaged[0].hasPrefix("\(run)/evaluations/linear-ab.h5: "))
  }

  /// Cells of a sweep are told apart by their labels and seeds, runs beside one another by as much
  /// of their paths as that takes. What is damaged or has no results yet is said.
  @Test func manyRuns() throws {
    folder.write("job.yaml", "data: { image: i.h5 }\n")
    let sweep = try Sweep.load(
      folder.write(
        "s.yaml", "base: job.yaml\nsweep: { zip: [{ seed: [1, 2, 3], label.which: [x, y, z] }] }\n")
    )
    try SweepManifest(sweep).write(in: sweep.folder)
    let names = sweep.cells.map { URL(fileURLWithPath: $0.folder).lastPathComponent }
    try makeRun("runs/s/\(names[0])", rounds: 1)
    try makeRun("runs/s/\(names[2])", rounds: 1)
    let alone = try makeRun("other/\(names[0])", rounds: 1)
    let damaged = try makeRun("damaged")
    folder.write("damaged/results.h5", "nothing")
    let found = try find(folder.path("s.yaml"), alone, damaged)
    #expect(
      found.runs.map(\.name) == ["s/\(names[0])", "s/\(names[2])", "other/\(names[0])"])
    #expect(found.without == 1)
    #expect(found.damaged.count == 1 && found.damaged[0].hasPrefix("\(damaged)/results.h5: "))
    try table.write(found.runs, warn: { _ in }, damaged: { _ in })
    let lines = try text(table.path).split(separator: "\n")
    #expect(lines[0].hasPrefix("run,label.which,seed,round,time,"))
    let cells = lines.dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false)[1...3].joined(separator: " ")
    }
    #expect(cells == ["x 1 0", "x 1 1", "z 3 0", "z 3 1", "  0", "  1"])
    #expect(
      try tensorBoard.write(found.runs, overwrite: false)
        == found.runs.map { folder.path("tb/\($0.name)") })
    #expect(
      message { _ = try find(folder.path("none")) }
        == "\(folder.path("none")): there is no run here; give runs' or sweeps' folders")
  }

  @Test func shortNames() {
    #expect(RunFigures.shortNames(["/runs/a"]) == ["a"])
    #expect(RunFigures.shortNames(["/x/a", "/y/b"]) == ["a", "b"])
    #expect(RunFigures.shortNames(["/x/a", "/y/a", "/y/b"]) == ["x/a", "y/a", "y/b"])
    #expect(RunFigures.shortNames(["/a", "/x/a"]) == ["a", "x/a"])
    #expect(RunFigures.shortNames([]) == [])
  }

  /// While a run goes on its event file only grows: a TensorBoard that has it open reads on.
  @Test func aRunThatGoesOn() throws {
    let path = folder.path("tb/a/\(TensorBoardFolder.fileName)")
    var sizes: [Int] = []
    var inode: Int?
    try makeRun("a", rounds: 4) {
      let written = try tensorBoard.write(find(folder.path("a")).runs, overwrite: false)
      #expect(written == [folder.path("tb/a")])
      let own = try FileManager.default.attributesOfItem(atPath: path)
      #expect(inode == nil || own[.systemFileNumber] as? Int == inode)
      inode = own[.systemFileNumber] as? Int
      sizes.append(try #require(FileSystem.contents(path)).count)
    }
    #expect(sizes.count == 7 && sizes == Set(sizes).sorted())
    let grown = FileSystem.contents(path)
    // Of a write that was cut short the rest follows.
    try #require(grown).dropLast(9).withContiguousStorageIfAvailable {
      try FileSystem.write($0, to: path)
    }
    _ = try tensorBoard.write(find(folder.path("a")).runs, overwrite: false)
    #expect(FileSystem.contents(path) == grown)
    try FileManager.default.removeItem(atPath: path)
    _ = try tensorBoard.write(find(folder.path("a")).runs, overwrite: false)
    #expect(FileSystem.contents(path) == grown)
    // File version, job, round 0, then each round and what was measured after it.
    #expect(try records().count == 2 + 1 + 4 + 2)
  }

  @Test func whatIsThereIsKept() throws {
    try makeRun("a", rounds: 3)
    let file = folder.path("tb/a/\(TensorBoardFolder.fileName)")
    _ = try tensorBoard.write(find(folder.path("a")).runs, overwrite: false)
    // The run began anew.
    try FileManager.default.removeItem(atPath: folder.path("a"))
    try makeRun("a", rounds: 3, begin: 1.8e9)
    let found = try find(folder.path("a")).runs
    #expect(
      message { _ = try tensorBoard.write(found, overwrite: false) }
        == "\(file): has other figures than the run has now; give another folder or --overwrite")
    _ = try tensorBoard.write(found, overwrite: true)
    _ = try tensorBoard.write(found, overwrite: false)

    let own = TensorBoardFolder(folder.path)
    #expect(
      message { _ = try own.write(found, overwrite: true) }
        == "\(folder.path): \(folder.path("a")) is the run's own folder; give event files another")
    folder.write("file", "")
    #expect(
      message { _ = try TensorBoardFolder(folder.path("file")).write(found, overwrite: true) }
        == "\(folder.path("file")): is a file, and event files go into a folder; give another name")
    #expect(folder.names == ["a", "file", "tb"])
  }

  /// Rounds of results that do not say when they were complete end as the seconds between have it.
  @Test(arguments: [nil, 1.7e9]) func wallTimes(begin: Double?) throws {
    try makeRun("a", rounds: 3, begin: begin)
    let found = try find(folder.path("a")).runs
    _ = try tensorBoard.write(found, overwrite: false)
    let times = try records().map { record in
      Double(
        bitPattern: record[1..<9].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
    }
    // File version, job and round 0 are as early as the first round began.
    let first = begin ?? found[0].modified - 31
    #expect(times.count == 7)
    for (time, after) in zip(times, [0, 0, 0, 10, 20, 20, begin == nil ? 31 : 30] as [Double]) {
      #expect(abs(time - first - after) < 1e-5, "\(times)")
    }
  }
}
