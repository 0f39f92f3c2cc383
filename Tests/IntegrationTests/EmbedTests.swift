import Checkpoints
import Datasets
import Files
import Foundation
import HDF5
import Jobs
import Layers
import Tensors
import TestSupport
import Testing
import Views

/// `motet embed`: the encoder's features, on any ranks, not twice, refused.
@Suite(.serialized) struct EmbedTests {
  private let job: SmallJob
  private var folder: TemporaryFolder { job.folder }
  private var data: String { folder.path("data.h5") }

  /// A run of two rounds, whose checkpoints are both there.
  init() throws {
    job = try SmallJob()
    let run = try run("motet", job.arguments("run", "monitor.every=0"))
    try #require(run.status == 0, "\(run.errors)")
  }

  private func file(_ run: String, round: Int) -> String {
    folder.path("\(run)/embeddings/round-00000\(round).h5")
  }

  /// All that a file holds.
  private func content(_ path: String) throws -> [String] {
    let file = try HDF5File.openSealed(path)
    let features: [Float] = try file.read("/features")
    let labels: [Int32] = try file.read("/label")
    let rows: [Int64] = try file.read("/row")
    return try ["model", "split", "features", "spec", "samples"].map { try file.textAttribute($0) }
      + [try file.intAttribute("round"), "\(try file.shape("/features"))"].map { "\($0)" }
      + [features.map { "\($0.bitPattern)" }.joined(separator: " "), "\(labels) \(rows)"]
      + file.texts("/data") + file.texts("/modality") + file.texts("/class")
  }

  /// Alone and on 3 ranks the same bits, and each row what the encoder gives for its sample.
  @Test func rowsAreWhatTheEncoderGives() throws {
    let rounds = [0, 1, 2]
    let arguments =
      ["--data", data, "--limit", "15"] + rounds.flatMap { ["--round", "\($0)"] }
    try FileManager.default.copyItem(
      atPath: folder.path("run"), toPath: folder.path("three"))
    let alone = try run("motet", ["embed", folder.path("run")] + arguments)
    #expect(alone.status == 0, "\(alone.errors)")
    #expect(alone.lines.count == 3 && alone.output.contains("30 samples, 512 features"))
    let three = try mpirun(3, "motet", ["embed", folder.path("three")] + arguments)
    #expect(three.status == 0, "\(three.errors)")
    for round in rounds {
      #expect(try content(file("run", round: round)) == content(file("three", round: round)))
    }
    #expect(try Set(rounds.map { try content(file("run", round: $0)) }).count == 3)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("run/embeddings")).sorted()
        == [".lock"] + rounds.map { "round-00000\($0).h5" })

    let first = try HDF5File.openSealed(file("run", round: 1))
    let features: [Float] = try first.read("/features")
    let labels: [Int32] = try first.read("/label")
    let rows: [Int64] = try first.read("/row")
    let modalities = try first.texts("/modality")
    #expect(try first.texts("/data") == [String](repeating: "data", count: 30))
    #expect(modalities.count { $0 == "audio" } == 15)
    let store = try SampleStore.open(data)
    let model = try Checkpoint.load(folder.path("run/checkpoint-000001.h5")).model
    for place in [0, 14, 15, 29] {
      let row = Int(rows[place])
      #expect(labels[place] == (try store.labels(modalities[place], split: "test"))[row])
      let expected = try encode(store, modalities[place], row, model)
      #expect(Array(features[place * 512..<place * 512 + 512]) == expected, "place \(place)")
    }

    let again = try run("motet", ["embed", folder.path("run")] + arguments)
    #expect(again.lines.count == 3)
    #expect(again.lines.allSatisfy { $0.hasSuffix("written before") }, "\(again.output)")
  }

  /// The mean of the features of a test sample's evaluation views, each alone in its batch.
  private func encode(
    _ store: SampleStore, _ modality: String, _ row: Int, _ model: ParameterVector
  ) throws -> [Float] {
    let job = try Job.load(job.path, settings: [])
    let encoder = job.encoder
    let engine = try Engine()
    let maker = try job.makeModality(modality).makeViews(
      shape: job.viewShape(of: modality),
      statistics: store.statistics(modality))
    let samples = try store.load(modality, split: "test", rows: row..<row + 1)
    var features = [Float](repeating: 0, count: encoder.featureCount)
    for index in 0..<maker.evaluationViewCount {
      let input = encoder.makeViews(of: modality, count: 1, engine)
      samples.withSample(0) {
        maker.evaluationView(
          of: $0, index: index,
          into: UnsafeMutableBufferPointer(start: input.pointer, count: input.imageCount))
      }
      let results = encoder.infer(input, of: modality, model, engine)
      for i in features.indices {
        features[i] += results.features.pointer[i] / Float(maker.evaluationViewCount)
      }
    }
    return features
  }

  /// A copy for NumPy has the same numbers.
  @Test func aCopyForOtherPrograms() throws {
    let copy = folder.path("copy.npy")
    let arguments = ["embed", folder.path("run"), "--data", data, "--limit", "3", "--to", copy]
    let made = try mpirun(2, "motet", arguments)
    #expect(made.status == 0 && made.lines.last == copy, "\(made.errors)")
    let features: [Float] = try HDF5File.openSealed(file("run", round: 2)).read("/features")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
    // NumPy's format: its header is filled to a multiple of 64 bytes.
    #expect(bytes.starts(with: [0x93] + "NUMPY".utf8))
    #expect(bytes.suffix(4 * features.count) == features.withUnsafeBytes { Data($0) })
    let table = try String(contentsOfFile: folder.path("copy.csv"), encoding: .utf8)
    #expect(table.split(separator: "\n").count == 7, "\(table)")
  }

  /// One line that names what is wrong, and nothing left behind.
  @Test func badInput() throws {
    func expectRefusal(
      _ arguments: [String], of run: String = "run", _ parts: String...,
      location: SourceLocation = #_sourceLocation
    ) throws {
      let result = try TestSupport.run("motet", ["embed", folder.path(run)] + arguments)
      #expect(result.status != 0 && result.output.isEmpty, sourceLocation: location)
      #expect(
        !FileManager.default.fileExists(atPath: folder.path("run/embeddings")),
        sourceLocation: location)
      #expect(
        result.errors.split(separator: "\n").count == 1, "\(result.errors)",
        sourceLocation: location)
      for part in parts {
        #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: location)
      }
    }
    let given = ["--data", data]
    try expectRefusal(given, of: "nowhere", "nowhere", "no checkpoint")
    try expectRefusal(
      given + ["--round", "7"], "no checkpoint of round 7", "1, 2", "federation.keep")
    try expectRefusal(["--data", folder.path("none.h5")], "none.h5", "no such file")
    try expectRefusal(given + ["--modality", "sound"], "modality", "sound")
    try expectRefusal(given + ["--split", "dev"], "data.h5", "'dev'")
    try expectRefusal(given + given, "data.h5", "a name of its own")
    let rounds = ["--round", "1", "--round", "2"]
    for (to, said) in [
      (["x.txt"], "--to x.txt: the name has to end with .npy or .parquet"),
      (["x.npy"] + rounds, "--to x.npy is of one round"),
      ([folder.path("none/x.npy")], "--to \(folder.path("none/x.npy")): there is no such folder"),
    ] {
      let result = try run("motet", ["embed", folder.path("run")] + given + ["--to"] + to)
      #expect(result.status != 0 && result.errors.contains(said), "\(result.errors)")
    }
    try FileManager.default.copyItem(atPath: folder.path("run"), toPath: folder.path("damaged"))
    folder.write("damaged/checkpoint-000001.h5", "nothing")
    try expectRefusal(given + ["--round", "1"], of: "damaged", "checkpoint-000001.h5", "damaged")

    let written = try run("motet", ["embed", folder.path("damaged")] + given)
    #expect(written.status == 0, "\(written.errors)")
    try expectRefusal(
      given + ["--limit", "5"], of: "damaged", "round-000002.h5", #""limit":0"#, "remove it")
    try expectRefusal(
      given + ["--features", "projection"], of: "damaged", "round-000002.h5", "remove it")
  }
}
