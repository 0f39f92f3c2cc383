import Checkpoints
import Files
import Foundation
import HDF5
import Tensors
import TestSupport
import Testing

@testable import Gathering
@testable import Jobs
@testable import Sweeps

/// Runs made here, in the formats that runs have.
@Suite struct GatherTests {
  let folder = TemporaryFolder()
  var target: String { folder.path("all.h5") }

  func job(_ settings: [String] = []) throws -> Job {
    try Job.load(
      folder.write("job.yaml", "data: { image: i.h5 }\nfederation: { rounds: 3 }\n"),
      settings: settings)
  }

  /// A run with these settings and as many complete rounds.
  @discardableResult
  func makeRun(_ name: String, _ settings: [String] = [], rounds: Int = 3) throws -> String {
    let job = try job(settings + ["results=\(name)"])
    _ = try RunFolder(job.results).prepare { _ in }
    var layout = ParameterLayout()
    _ = layout.add("w", [3])
    let model = ParameterVector(layout)
    model.floats[0] = Float(job.seed)
    let results = try ResultsWriter(
      RunFolder(job.results).resultsFile, completed: 0,
      attributes: [
        "job": job.resolved.json, "host": "here", "instruction_set": "AVX", "ranks": "3",
        "fftw": "fftw-3",
      ], warn: { _ in })
    // One row more than the checkpoint knows: it comes again.
    for round in 1...rounds + 1 {
      let figure = MonitorFigure(data: "i", modality: "image", accuracy: Double(round) / 10)
      results.add(
        Results.Row(
          round: round, counts: ["views": 100 * round, "samples/image": 10 * round],
          reals: ["loss/image": 1 / Double(round)]))
      results.add([figure], round: round, seconds: 1)
    }
    try results.save()
    for round in 1...rounds {
      try RunFolder(job.results).checkpoints.save(
        Checkpoint(
          round: round, job: job.resolved.json, shards: "", model: model, serverState: [:]))
    }
    return job.results
  }

  func makeEvaluation(
    _ run: String, accuracy: Double,
    spec: String = #"{"data":"/d/fsdd.h5","modality":"audio","name":"knn"}"#
  ) throws {
    try FileManager.default.createDirectory(
      atPath: "\(run)/evaluations", withIntermediateDirectories: true)
    try HDF5File.saveSealed("\(run)/evaluations/knn-0123456789ab.h5") { file in
      try FileFormat("motet evaluation", version: 1).stamp(file)
      try file.setAttribute("task", "knn")
      try file.setAttribute("spec", spec)
      try file.setAttribute("round", Int64(3))
      try file.setAttribute("model", "ab")
      try file.setAttribute("data", "cd")
      try file.write("/figures/name", texts: ["accuracy", "loss"])
      try file.write("/figures/value", [accuracy, 0.25])
      try file.write("/figures/low", [accuracy - 0.1, .nan])
      try file.write("/figures/high", [accuracy + 0.1, .nan])
      try file.write("/figures/count", [300, 300] as [Int64])
    }
  }

  /// - Parameter names: of the two samples; none in files of an older Motet.
  func makeEmbeddings(_ run: String, names: [String]? = nil) throws {
    try FileManager.default.createDirectory(
      atPath: "\(run)/embeddings", withIntermediateDirectories: true)
    try HDF5File.saveSealed("\(run)/embeddings/round-000003.h5") { file in
      try FileFormat("motet embeddings", version: 1).stamp(file)
      try file.setAttribute("round", Int64(3))
      try file.setAttribute("features", "encoder")
      try file.write("/features", [1, 2, 3, 4] as [Float], shape: [2, 2])
      try file.write("/label", [0, 1] as [Int32])
      try file.write("/row", [5, 6] as [Int64])
      try file.write("/data", texts: ["i", "i"])
      try file.write("/modality", texts: ["image", "image"])
      guard let names else { return }
      try file.write("/class", texts: ["cat", "dog"])
      try file.write("/name", texts: names)
    }
  }

  @discardableResult
  func gather(_ paths: [String], embeddings: Bool = false) throws -> Gather.Summary {
    try Gather.gather(paths, to: target, embeddings: embeddings, warn: { _ in })
  }

  func damage(_ path: String) throws {
    let url = URL(fileURLWithPath: path)
    var data = try Data(contentsOf: url)
    data[data.count / 2] ^= 4
    try data.write(to: url)
  }

  /// Figures whose seal another program has cut off are gathered, and named; a checkpoint without
  /// its seal is not taken for one.
  @Test func figuresWithoutASealAreNamed() throws {
    let a = try makeRun("a")
    try makeEvaluation(a, accuracy: 0.5)
    _ = try gather([a])
    let expected = try HDF5File.openSealed(target).read("/evaluations/value", as: Double.self)
    for name in ["results.h5", "evaluations/knn-0123456789ab.h5", "checkpoint-000003.h5"] {
      let url = URL(fileURLWithPath: "\(a)/\(name)")
      try Data(contentsOf: url).dropLast(78).write(to: url)
    }
    var warnings: [String] = []
    let summary = try Gather.gather([a], to: target, warn: { warnings.append($0) })
    #expect(warnings.count == 2 && warnings.allSatisfy { $0.contains(": its seal is missing: ") })
    #expect(warnings[0].hasPrefix("\(a)/results.h5: "))
    #expect(summary.damaged.count == 1 && summary.damaged[0].contains("checkpoint-000003.h5"))
    let file = try HDF5File.openSealed(target)
    #expect(try file.read("/evaluations/value", as: Double.self) == expected)
    #expect(try file.read("/rounds/round", as: Int64.self) == [1, 2, 3])
  }

  @Test func tablesHaveWhatTheRunsHave() throws {
    let a = try makeRun("a", ["seed=1", "training.recompute=true"])
    let b = try makeRun("b", ["seed=2", "clients.mix={image: 1}"], rounds: 2)
    try makeEvaluation(a, accuracy: 0.5)
    RunFailure(stage: "run", status: 1, message: "no room").write(in: b)
    let summary = try gather([a, b])
    #expect(summary.runs == ["finished": 1, "failed": 1] && summary.read == 2)
    #expect(summary.evaluations == 2 && summary.isWritten && summary.damaged.isEmpty)

    let file = try HDF5File.openSealed(target)
    try Gather.format.verify(file)
    let ids = try file.texts("/runs/run")
    #expect(ids[0] == jobID(try job(["seed=1", "training.recompute=true"]).resolved))
    #expect(try file.texts("/runs/path") == [a, b])
    #expect(try file.texts("/runs/state") == ["finished", "failed"])
    #expect(try file.texts("/runs/failure") == ["", "run: no room"])
    #expect(try file.read("/runs/completed") as [Int64] == [3, 2])
    #expect(try file.read("/runs/rounds") as [Int64] == [3, 3])
    #expect(try file.read("/runs/ranks") as [Int64] == [3, 3])
    #expect(try file.texts("/runs/fftw") == ["fftw-3", "fftw-3"])
    #expect(try file.read("/runs/set.seed") as [Double] == [1, 2])
    #expect(try file.read("/runs/set.clients.alpha.image") as [Double] == [0.1, 0.1])
    #expect(try file.read("/runs/set.training.recompute") as [Int64] == [1, 0])
    #expect(try file.texts("/runs/set.encoder.name") == ["resnet18", "resnet18"])
    let checkpoint = try #require(try CheckpointFolder(a).newest(warn: { _ in }))
    #expect(try file.texts("/runs/model")[0] == modelHash(checkpoint.model))
    // Rounds after the checkpoint are left out.
    #expect(try file.read("/rounds/round") as [Int64] == [1, 2, 3, 1, 2])
    #expect(try file.texts("/rounds/run") == [ids[0], ids[0], ids[0], ids[1], ids[1]])
    #expect(try file.read("/rounds/views") as [Int64] == [100, 200, 300, 100, 200])
    #expect(try file.read("/rounds/samples.image") as [Int64] == [10, 20, 30, 10, 20])
    #expect(try file.read("/rounds/loss.image") as [Double] == [1, 0.5, 1.0 / 3, 1, 0.5])
    #expect(try file.read("/monitor/accuracy") as [Double] == [0.1, 0.2, 0.3, 0.1, 0.2])
    #expect(try file.texts("/evaluations/run") == [ids[0], ids[0]])
    #expect(try file.texts("/evaluations/figure") == ["accuracy", "loss"])
    #expect(try file.texts("/evaluations/data") == ["fsdd", "fsdd"])
    #expect(try file.texts("/evaluations/modality") == ["audio", "audio"])
    #expect(try file.read("/evaluations/value") as [Double] == [0.5, 0.25])
    #expect((try file.read("/evaluations/low") as [Double])[1].isNaN)
    let names = try file.texts("/evaluations/file")
    #expect(names == ["evaluations/knn-0123456789ab.h5", "evaluations/knn-0123456789ab.h5"])
  }

  /// A second gathering reads what changed and writes just what a first one would.
  @Test func gatheringAgainReadsWhatChanged() throws {
    let runs = try (1...3).map { try makeRun("run\($0)", ["seed=\($0)"], rounds: 2) }
    #expect(try gather(runs).read == 3)
    var again = try gather(runs)
    #expect(again.read == 0 && !again.isWritten)
    try makeRun("run2", ["seed=2"])
    try makeEvaluation(runs[2], accuracy: 0.5)
    again = try gather(runs)
    #expect(again.read == 2 && again.isWritten && again.runs == ["finished": 1, "unfinished": 2])
    let file = try Data(contentsOf: URL(fileURLWithPath: target))
    try FileManager.default.removeItem(atPath: target)
    #expect(try gather(runs).read == 3)
    #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == file)
    // Runs that are not named any more go, those that are new come.
    try makeRun("run4", ["seed=4", "method=barlowtwins"])
    again = try gather([runs[0], folder.path("run4")])
    #expect(again.read == 1)
    #expect(try HDF5File.openSealed(target).read("/runs/set.seed") as [Double] == [1, 4])
    #expect(folder.names.filter { $0.contains("tmp") }.isEmpty)
  }

  @Test func damagedFilesAreNamedAndCounted() throws {
    let (a, b, c) = (
      try makeRun("a", ["seed=1"]), try makeRun("b", ["seed=2"]), try makeRun("c", ["seed=3"])
    )
    try makeEvaluation(a, accuracy: 0.5)
    try damage("\(a)/evaluations/knn-0123456789ab.h5")
    try damage("\(b)/checkpoint-000003.h5")
    try damage("\(c)/results.h5")
    for read in [3, 0] {
      let summary = try gather([a, b, c])
      #expect(summary.damaged.count == 3 && summary.read == read)
      for path in [
        "\(a)/evaluations/knn-0123456789ab.h5", "\(b)/checkpoint-000003.h5", "\(c)/results.h5",
      ] {
        #expect(summary.damaged.contains { $0.hasPrefix(path) && !$0.contains("\n") })
      }
      #expect(summary.runs == ["finished": 2, "unfinished": 1])
    }
    let file = try HDF5File.openSealed(target)
    #expect(try file.read("/runs/damaged") as [Int64] == [1, 1, 1])
    #expect(try file.read("/runs/completed") as [Int64] == [3, 2, 3])
    // Its settings are in its checkpoints too.
    #expect(try file.read("/runs/set.seed") as [Double] == [1, 2, 3])
    #expect(
      try file.texts("/damaged/file") == [
        "evaluations/knn-0123456789ab.h5", "checkpoint-000003.h5", "results.h5",
      ])
    #expect(try file.texts("/evaluations/run").isEmpty)
    // Mended, and read again.
    try makeEvaluation(a, accuracy: 0.5)
    #expect(try gather([a, b, c]).damaged.count == 2)
  }

  @Test func embeddingsComeOnDemand() throws {
    let run = try makeRun("a")
    try makeEmbeddings(run)
    try gather([run])
    #expect(try !HDF5File.openSealed(target).contains("/embeddings"))
    #expect(try gather([run], embeddings: true).isWritten)
    let file = try HDF5File.openSealed(target)
    let group = "/embeddings/\(try file.texts("/runs/run")[0])/3"
    #expect(try file.shape("\(group)/features") == [2, 2])
    #expect(try file.read("\(group)/features") as [Float] == [1, 2, 3, 4])
    #expect(try file.texts("\(group)/modality") == ["image", "image"])
    #expect(try file.textAttribute("features", on: group) == "encoder")
    #expect(try !file.contains("\(group)/name"))
    #expect(try !gather([run], embeddings: true).isWritten)
    try FileManager.default.removeItem(atPath: "\(run)/embeddings/round-000003.h5")
    try makeEmbeddings(run, names: ["cat/1.png", "dog/größer 1.png"])
    #expect(try gather([run], embeddings: true).isWritten)
    let named = try HDF5File.openSealed(target)
    #expect(try named.texts("\(group)/name") == ["cat/1.png", "dog/größer 1.png"])
    #expect(try named.texts("\(group)/class") == ["cat", "dog"])
    try damage("\(run)/embeddings/round-000003.h5")
    #expect(try gather([run], embeddings: true).damaged.count == 1)
    #expect(try !HDF5File.openSealed(target).contains("/embeddings"))
  }

  /// A sweep's folder: cells that are missing, labels, a run of another sweep.
  @Test func sweepsAreGatheredByCell() throws {
    func sweep(_ name: String, _ more: String) throws -> Sweep {
      let sweep = try Sweep.load(
        folder.write(
          "\(name).yaml",
          "base: job.yaml\nsweep: { zip: [{ seed: [1, 2], label.which: [one, two] }] }\n" + more))
      try SweepManifest(sweep).write(in: sweep.folder)
      return sweep
    }
    _ = try job()
    let first = try sweep("first", "")
    try makeRun(first.cells[0].folder, ["seed=1"])
    let summary = try gather([first.folder])
    #expect(summary.runs == ["finished": 1, "unfinished": 1])
    var file = try HDF5File.openSealed(target)
    #expect(try file.texts("/runs/run") == first.cells.map(\.id))
    #expect(try file.texts("/runs/sweep") == ["first", "first"])
    #expect(try file.read("/runs/cell") as [Int64] == [1, 2])
    #expect(try file.texts("/runs/label.which") == ["one", "two"])
    #expect(try file.read("/runs/completed") as [Int64] == [3, 0])
    #expect(try file.read("/runs/set.seed") as [Double] == [1, 2])

    // The second sweep uses the first one's run: two rows, its rounds once.
    let second = try sweep("second", "reuse: [runs/first]\n")
    try FileManager.default.createSymbolicLink(
      atPath: second.cells[0].folder, withDestinationPath: first.cells[0].folder)
    #expect(try gather([folder.path("runs")]).runs == ["finished": 2, "unfinished": 2])
    file = try HDF5File.openSealed(target)
    #expect(try file.texts("/runs/sweep") == ["first", "first", "second", "second"])
    let runs = try file.texts("/runs/run")
    #expect(runs[0] == runs[2])
    #expect(try file.texts("/rounds/run") == [runs[0], runs[0], runs[0]])
  }

  /// Figures that one run has as texts and another as numbers, of any kind.
  @Test func columnsOfTwoKindsAreTexts() throws {
    let (a, b) = (try makeRun("a", ["seed=1"]), try makeRun("b", ["seed=2"]))
    let results = RunFolder(b).resultsFile
    try HDF5File.open(results, writable: true).write(
      "/rounds/odd", [.infinity, .nan, 1.5, -2] as [Double])
    try HDF5File.open(RunFolder(a).resultsFile, writable: true).write(
      "/rounds/odd", [7, 8, 9, 10] as [Int64])
    try gather([a, b])
    let odd = try HDF5File.openSealed(target).texts("/rounds/odd")
    #expect(odd == ["7", "8", "9", "inf", "", "1.5"])
  }

  @Test func anEvaluationOfNoSpecIsNamed() throws {
    let run = try makeRun("a")
    try makeEvaluation(run, accuracy: 0.5, spec: "{ not JSON")
    let damaged = try gather([run]).damaged
    #expect(
      damaged == ["\(run)/evaluations/knn-0123456789ab.h5: its 'spec' is not JSON"], "\(damaged)")
  }

  /// A manifest of anybody's making leads nowhere else, and names no column that cannot be.
  @Test(arguments: [
    (#""folder":"../elsewhere""#, "cell 1: '../elsewhere' is no name of a folder beside it"),
    (#""folder":"..""#, "cell 1: '..' is no name of a folder beside it"),
    (#""folder":"001-a","labels":{"a/b":"x"}"#, "cell 1: 'a/b' is no label's name"),
  ])
  func aManifestIsNotBelieved(_ cell: String, _ expected: String) throws {
    let labels = cell.contains("labels") ? "" : #","labels":{}"#
    folder.write(
      "sweep/sweep.json",
      #"{"version":1,"name":"s","cells":[{"cell":1,"id":"a","job":"{}",\#(cell)\#(labels)}]}"#)
    let path = folder.path("sweep/sweep.json")
    #expect(message { try gather([folder.path("sweep")]) } == "\(path): \(expected)")
  }

  /// A folder that may not be looked into is no folder without a run.
  @Test func whatMayNotBeReadIsNamed() throws {
    try makeRun("many/a", ["seed=1"])
    // A link to itself: root, too, is refused.
    let loop = folder.path("many/b")
    try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
    let summary = try gather([folder.path("many")])
    #expect(summary.runs == ["finished": 1])
    let reason = "cannot be looked into (Too many levels of symbolic links)"
    #expect(summary.damaged == ["\(loop): \(reason)"])
    #expect(message { try gather([loop]) } == "\(loop): \(reason)")
  }

  /// Two runs of one job in different folders are told apart.
  @Test func runsOfOneJobAreToldApart() throws {
    let (a, b) = (try makeRun("a"), try makeRun("b"))
    for _ in 0..<2 {
      try gather([a, b])
      let runs = try HDF5File.openSealed(target).texts("/runs/run")
      #expect(runs[1] == runs[0] + "-2")
    }
  }

  @Test func whatCannotBeGatheredIsNamed() throws {
    let run = try makeRun("a")
    #expect(
      message { try gather([folder.path("none")]) }
        == "\(folder.path("none")): there is no run here; give runs' or sweeps' folders")
    let inside = message { _ = try Gather.gather([run], to: folder.path, warn: { _ in }) } ?? ""
    #expect(inside.hasPrefix("\(folder.path): not a whole gathered file"), "\(inside)")
    // A run's own results are not written over.
    let results = "\(run)/results.h5"
    let text = message { _ = try Gather.gather([run], to: results, warn: { _ in }) }
    #expect(text?.hasPrefix("\(results): not a whole gathered file") == true, "\(text ?? "")")
    #expect(text?.contains("this is a motet results") == true)
  }
}
