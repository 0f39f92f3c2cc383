import Downstream
import Foundation
import HDF5
import TestSupport
import Testing

/// `motet evaluate`: every task, on any ranks, continued, refused.
@Suite(.serialized) struct EvaluateTests {
  private let job: SmallJob
  private var folder: TemporaryFolder { job.folder }

  /// A run of one round, and as many images as sounds in a store beside it.
  init() throws {
    job = try SmallJob(rounds: 1, encoder: SmallJob.vit)
    let run = try run("motet", job.arguments("run", "monitor.every=0"))
    try #require(run.status == 0, "\(run.errors)")
    try job.makePairs()
  }

  private func evaluate(_ arguments: String..., of run: String = "run") -> [String] {
    ["evaluate", folder.path(run)] + arguments
  }

  /// All that a run's evaluations hold, by file.
  private func records(_ run: String) throws -> [String: [String]] {
    let path = folder.path("\(run)/evaluations")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return try Dictionary(
      uniqueKeysWithValues: names.filter { $0 != ".lock" }.map { name in
        let file = try HDF5File.open("\(path)/\(name)")
        var content = try ["task", "spec", "model", "data"].map { try file.textAttribute($0) }
        content += try file.texts("/figures/name") + file.texts("/classes")
        for set in ["value", "low", "high"] {
          let values: [Double] = try file.read("/figures/\(set)")
          content += values.map { "\($0.bitPattern)" }
        }
        let counts: [Int64] = try file.read("/figures/count")
        let labels: [Int32] = try file.read("/labels")
        content += ["\(counts) \(labels)"]
        let isGeometry = name.hasPrefix("geometry")
        var rowsOfAll = 0
        for modality in try file.names(in: "/samples") {
          let rows: [Int64] = try file.read("/samples/\(modality)/row")
          rowsOfAll += rows.count
          #expect(isGeometry || rows.count == labels.count)
          content += ["\(modality) \(rows)"]
        }
        #expect(!isGeometry || rowsOfAll == labels.count)
        for list in isGeometry ? try file.names(in: "/lists") : [] {
          let values: [Double] = try file.read("/lists/\(list)")
          content += ["\(list) \(values.map(\.bitPattern))"]
        }
        for figure in try file.names(in: "/predictions") {
          let predictions: [Int32] = try file.read("/predictions/\(figure)")
          let confusion: [Int64] = try file.read("/confusion/\(figure)")
          let shares: [Double] = try file.read("/per_class/\(figure)")
          content += ["\(figure) \(predictions) \(confusion) \(shares)"]
        }
        return (name, content)
      })
  }

  private func copyRun(_ name: String) throws {
    try FileManager.default.copyItem(atPath: folder.path("run"), toPath: folder.path(name))
  }

  /// Every task, alone and on 2 and 3 ranks: the same bits. Once more: nothing is done.
  @Test func everyTaskOnAnyRanks() throws {
    folder.write(
      "all.yaml",
      """
      # Of every task one, and of some another.
      - { name: knn, data: data.h5, modality: image, k: 20 }
      - { name: knn, data: data.h5, modality: audio, k: 20, features: projection }
      - { name: linear, data: data.h5, modality: image, epochs: 5, batch: 32 }
      - { name: linear, data: data.h5, modality: audio, epochs: 2, views: true }
      - { name: linear, data: data.h5, modality: image, epochs: 2, views: true, standardise: true }
      - { name: linear, data: data.h5, modality: audio, preset: easyfl, epochs: 5 }
      - { name: finetune, data: data.h5, modality: audio, epochs: 2, batch: 32, pieces: 3 }
      - { name: finetune, data: data.h5, modality: image, epochs: 1, pieces: 2, optimizer: adamw }
      - { name: ridge, data: data.h5, modality: image, standardise: true }
      - { name: logistic, data: data.h5, modality: audio, iterations: 50 }
      - { name: paired, data: pairs.h5, epochs: 5 }
      - { name: paired, data: pairs.h5, epochs: 1, mode: finetune }
      - { name: paired, data: pairs.h5, epochs: 5, normalise: standardised }
      - { name: joined, data: pairs.h5, k: 20 }
      - { name: joined, data: pairs.h5, k: 20, normalise: none }
      - { name: joined, data: pairs.h5, k: 20, normalise: standardised }
      - { name: geometry, data: data.h5 }
      - { name: geometry, data: pairs.h5, features: projection, limit: 12, directions: 3 }
      """)
    let specs = try EvaluationSpec.load(folder.path("all.yaml"))
    #expect(Set(specs.map(\.name)) == Set(evaluationTasks.names), "of every task one")
    for name in ["two", "three"] { try copyRun(name) }
    let alone = try run("motet", evaluate("--file", folder.path("all.yaml")))
    #expect(alone.status == 0, "\(alone.errors)")
    let expected = try records("run")
    #expect(expected.count == 18, "\(expected.keys.sorted())")
    for (ranks, name) in [(2, "two"), (3, "three")] {
      let result = try mpirun(
        ranks, "motet", evaluate("--file", folder.path("all.yaml"), of: name))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == alone.output)
      #expect(try records(name) == expected, "\(ranks) ranks")
    }
    let again = try run("motet", evaluate("--file", folder.path("all.yaml")))
    #expect(again.lines.count == alone.lines.count)
    #expect(again.lines.allSatisfy { $0.hasSuffix("measured before") }, "\(again.output)")
    #expect(try records("run") == expected)
    try checkContent(expected.keys.first { $0.hasPrefix("finetune") })
  }

  /// What a record's parts say of one another.
  private func checkContent(_ name: String?) throws {
    let file = try HDF5File.open(folder.path("run/evaluations/\(try #require(name))"))
    #expect(try file.texts("/figures/name") == ["accuracy", "loss"])
    let values: [Double] = try file.read("/figures/value")
    let lows: [Double] = try file.read("/figures/low")
    let highs: [Double] = try file.read("/figures/high")
    for i in 0..<2 { #expect(lows[i] <= values[i] && values[i] <= highs[i]) }
    let predictions: [Int32] = try file.read("/predictions/accuracy")
    let labels: [Int32] = try file.read("/labels")
    let classes = try file.texts("/classes").count
    let right = zip(predictions, labels).count { $0 == $1 }
    #expect(values[0] == Double(right) / Double(labels.count))
    let confusion: [Int64] = try file.read("/confusion/accuracy")
    #expect(confusion.reduce(0, +) == Int64(labels.count))
    #expect((0..<classes).reduce(0) { $0 + confusion[$1 * classes + $1] } == Int64(right))
    #expect(try file.shape("/per_class/accuracy") == [classes])
    #expect(try file.intAttribute("round") == 1)
  }

  /// Fine-tuning that is stopped by a signal, then killed, ends with the same figures.
  @Test func survivesSignals() throws {
    let arguments = [
      "--task", "finetune", "--data", folder.path("data.h5"), "--set", "modality=image", "--set",
      "epochs=300", "--set", "batch=32",
    ]
    try copyRun("whole")
    let whole = try run("motet", ["evaluate", folder.path("whole")] + arguments)
    #expect(whole.status == 0, "\(whole.errors)")

    // After the folder come the classifier's first numbers, the samples' verification, the first
    // step: stopped before that, it has nothing to go on with.
    var ended: ProcessResult?
    for milliseconds in stride(from: 500, to: 10_000, by: 500)
    where ended?.errors.contains("after step") != true {
      try? FileManager.default.removeItem(atPath: folder.path("run/evaluations"))
      let stopped = try RunningProcess(
        productsFolder.appendingPathComponent("motet").path,
        ["evaluate", folder.path("run")] + arguments)
      try waitUntil { exists("run/evaluations") }
      usleep(UInt32(1000 * milliseconds))
      stopped.process.terminate()
      ended = stopped.wait()
      #expect(ended?.status == 85, "\(ended?.errors ?? "")")
    }
    #expect(ended?.errors.contains("stopped by a signal after step") == true)

    let killed = try RunningProcess(
      productsFolder.appendingPathComponent("motet").path,
      ["evaluate", folder.path("run")] + arguments)
    try waitUntil { !killed.process.isRunning || killed.errors.contains("continuing finetune-") }
    kill(killed.process.processIdentifier, SIGKILL)
    _ = killed.wait()

    let continued = try mpirun(3, "motet", ["evaluate", folder.path("run")] + arguments)
    #expect(continued.status == 0, "\(continued.errors)")
    #expect(continued.errors.contains("continuing finetune-"), "\(continued.errors)")
    #expect(continued.output == whole.output)
    #expect(try records("run") == records("whole"))
  }

  /// Where modalities are paired, two figures more; each is in its range.
  @Test func geometry() throws {
    let unpaired = [
      "separability", "gap_image_audio", "gap_relative_image_audio", "angle_mean_image_audio",
      "angle_least_image_audio", "rank_image", "rank_audio", "rank_all", "uniformity_image",
      "uniformity_audio", "uniformity_image_audio", "alignment_image", "alignment_audio",
    ]
    for (settings, names) in [
      (["data=\(folder.path("images.h5"))", "other_data=\(folder.path("sounds.h5"))"], unpaired),
      (
        ["data=\(folder.path("pairs.h5"))", "alignment=false"],
        unpaired.dropLast(2) + ["alignment_image_audio", "cka_image_audio"]
      ),
    ] {
      let result = try run(
        "motet", evaluate("--task", "geometry") + settings.flatMap { ["--set", $0] })
      try #require(result.status == 0, "\(result.errors)")
      #expect(result.lines.count == names.count && !result.output.contains("nan"))
      let record = try #require(try records("run").keys.first { !$0.contains("state") })
      let file = try HDF5File.open(folder.path("run/evaluations/\(record)"))
      #expect(try file.texts("/figures/name") == names)
      let values: [Double] = try file.read("/figures/value")
      let figures = Dictionary(uniqueKeysWithValues: zip(names, values))
      for (name, value) in figures {
        let range: ClosedRange<Double> =
          switch name.split(separator: "_")[0] {
          case "separability", "cka": 0...1
          case "gap": 0...100
          case "angle": 0...90
          case "rank": 1...64
          case "uniformity": -4...0
          default: 0...4
          }
        #expect(range.contains(value), "\(name): \(value)")
      }
      let angles: [Double] = try file.read("/lists/angles_image_audio")
      #expect(angles.count == 10 && angles == angles.sorted())
      #expect(figures["angle_least_image_audio"] == angles[0])
      #expect(try file.shape("/lists/variances_audio") == [64])
      #expect(try file.texts("/classes") == ["image", "audio"])
      let shares: [Double] = try file.read("/per_class/separability")
      #expect(abs((shares[0] + shares[1]) / 2 - (figures["separability"] ?? 0)) < 1e-12)
      try FileManager.default.removeItem(atPath: folder.path("run/evaluations"))
    }
  }

  /// CKA with an earlier round of the run, and with another run that has the same model.
  @Test func geometryOfTwoModels() throws {
    let longer = try run(
      "motet",
      job.arguments(
        "longer", "federation.rounds=2", "federation.keep=[1]", "monitor.every=0"))
    try #require(longer.status == 0, "\(longer.errors)")
    let own = [
      "--task", "geometry", "--data", folder.path("data.h5"), "--set", "alignment=false",
    ]
    func alignments(_ arguments: String...) throws -> [String] {
      let result = try run("motet", ["evaluate", folder.path("longer")] + own + arguments)
      #expect(result.status == 0, "\(result.errors)")
      let parts = result.output.components(separatedBy: "cka_with_").dropFirst()
      return parts.map { String($0.prefix { $0 != "(" }) }
    }
    let earlier = try alignments("--set", "with_round=1")
    #expect(earlier.count == 2 && earlier.allSatisfy { $0.contains(" 0.") }, "\(earlier)")
    #expect(try alignments("--with", folder.path("run")) == earlier)
    #expect(try alignments("--with", folder.path("longer"), "--set", "with_round=1") == earlier)
    for (round, said) in [
      ("2", "is the evaluated one"), ("7", "there is no checkpoint of round 7"),
    ] {
      let refused = try run(
        "motet",
        ["evaluate", folder.path("longer")] + own + ["--set", "with_round=\(round)"])
      #expect(refused.status != 0 && refused.errors.contains(said), "\(refused.errors)")
    }
  }

  /// Features of two runs, each of one modality.
  @Test func joinsTwoRuns() throws {
    folder.write(
      "sounds.yaml",
      """
      name: sounds
      seed: 3
      data: { audio: data.h5 }
      clients: { count: 12, alpha: 1 }
      encoder: { name: resnet18, input: 32 }
      training: { local_epochs: 1, batch: 16 }
      federation: { rounds: 1, participation: 50% }
      monitor: { every: 0 }
      """)
    for arguments in [["shard"], ["run"]] {
      let result = try run("motet", arguments + [folder.path("sounds.yaml")])
      try #require(result.status == 0, "\(result.errors)")
    }
    let own = ["--task", "joined", "--data", folder.path("pairs.h5"), "--set", "k=20"]
    let with = ["--with", folder.path("runs/sounds")]
    // Both know sounds: which of them gives these must be said.
    let unsaid = try run("motet", evaluate() + own + with)
    #expect(unsaid.status != 0 && unsaid.errors.contains("with_modality"), "\(unsaid.errors)")
    let alone = try run("motet", evaluate() + own)
    let both = try run("motet", evaluate() + own + with + ["--set", "with_modality=audio"])
    #expect(both.status == 0, "\(both.errors)")
    func figure(_ result: ProcessResult, _ name: String) -> String? {
      result.lines.first { $0.contains(" \(name) ") }?.components(separatedBy: name).last
    }
    #expect(figure(both, "accuracy_image") == figure(alone, "accuracy_image"))
    #expect(try records("run").count == 2)
    // A geometry is of one model that knows two modalities.
    let lone = try run(
      "motet", evaluate("--task", "geometry", "--data", folder.path("data.h5"), of: "runs/sounds"))
    #expect(lone.status != 0 && lone.errors.contains("runs/sounds: was trained on audio alone"))
    #expect(lone.errors.split(separator: "\n").count == 1 && !exists("runs/sounds/evaluations"))
  }

  /// One line that names what is wrong, and nothing computed or left behind.
  @Test func badInput() throws {
    func refusal(_ arguments: [String]) throws -> String {
      let before = folder.names
      let result = try run("motet", arguments)
      #expect(result.status != 0 && result.output.isEmpty, "\(result.output)")
      #expect(folder.names == before && !exists("run/evaluations"), "left behind")
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count == 1, "\(result.errors)")
      return result.errors
    }
    func expectRefusal(
      _ arguments: [String], _ parts: String..., location: SourceLocation = #_sourceLocation
    ) throws {
      let line = try refusal(arguments)
      for part in parts { #expect(line.contains(part), "\(line)", sourceLocation: location) }
    }
    let data = folder.path("data.h5")
    func task(_ name: String, _ settings: String...) -> [String] {
      evaluate("--task", name, "--data", data) + settings.flatMap { ["--set", $0] }
    }
    try expectRefusal(
      ["evaluate", folder.path("nowhere"), "--task", "knn", "--data", data], "nowhere",
      "no checkpoint")
    try expectRefusal(task("kn"), "did you mean 'knn'?")
    try expectRefusal(task("knn"), "data.h5", "audio and image", "modality")
    try expectRefusal(task("knn", "modality=sound"), "modality", "sound")
    try expectRefusal(task("knn", "modality=image", "kk=3"), "did you mean 'k'?")
    try expectRefusal(task("knn", "modality=image", "k=many"), "k: expected a whole number")
    try expectRefusal(task("knn", "modality=image", "test=dev"), "data.h5", "'dev'")
    try expectRefusal(task("finetune", "modality=image", "pieces=0"), "pieces", "1 to 64")
    try expectRefusal(task("linear", "modality=image", "rate=0"), "rate")
    try expectRefusal(task("linear", "modality=image", "schedule=milestone"), "milestones")
    try expectRefusal(task("linear", "preset=easyfi"), "unknown preset", "did you mean 'easyfl'?")
    try expectRefusal(
      task("linear", "preset=easyfl", "momentum=0.5"), "momentum: as the optimizer's: unknown key")
    try expectRefusal(task("ridge", "modality=image", "alpha=0"), "alpha: 0.0 is not above 0")
    try expectRefusal(task("logistic", "modality=image", "C=1"), "C", "did you mean 'c'?")
    for arguments in [
      task("linear", "modality=image", "labels=0"),
      task("finetune", "modality=image", "labels=150%"),
      task("ridge", "modality=image", "labels=-0.1"),
    ] {
      try expectRefusal(arguments, "labels", "is not a share above 0 %, at most 100 %")
    }
    try expectRefusal(
      task("logistic", "modality=image", "labels=1%"), "labels: 0.01 of", "fewer than one of each",
      "4 classes")
    try expectRefusal(evaluate("--task", "knn"), "data: missing")
    try expectRefusal(
      evaluate("--task", "knn", "--data", folder.path("none.h5")), "none.h5", "no such file")
    // Three classes of images instead of four.
    let other = folder.path("other.h5")
    _ = try run(
      "motet",
      [
        "data", "synthesize", "--to", other, "--images", "24", "--sounds", "0", "--classes", "3",
        "--side", "16",
      ])
    try expectRefusal(
      task("linear", "modality=image", "test_data=\(other)"), "other.h5", "3 instead of 4")
    try expectRefusal(
      evaluate("--task", "knn", "--data", other, "--set", "modality=audio"), "other.h5",
      "has no audio")
    try expectRefusal(
      task("joined", "with=\(folder.path("run"))", "round=0"), "round: is of one run alone")
    try expectRefusal(task("joined", "normalise=l1"), "normalise: unknown normalise 'l1'", "'l2'")
    try expectRefusal(
      task("paired", "normalise=l2", "mode=finetune"), "normalise: is of features", "mode: linear")
    try expectRefusal(task("paired"), "data.h5", "no pairs", "motet data pair")
    try expectRefusal(
      evaluate("--task", "joined", "--data", other), "other.h5", "motet data pair")
    try expectRefusal(
      evaluate("--task", "geometry", "--data", other), "other.h5", "no modality but image",
      "other_data")
    try expectRefusal(
      task("geometry", "other_data=\(other)"), "other.h5", "has image, as", "another modality")
    try expectRefusal(task("geometry", "test=dev"), "data.h5", "no split 'dev'")
    try expectRefusal(task("geometry", "modality=image"), "modality", "unknown key")
    try expectRefusal(task("geometry", "limit=3"), "limit: 3 is below 4")
    try expectRefusal(task("geometry", "directions=0"), "directions: 0 is outside 1")
    try expectRefusal(task("geometry", "shrinkage=0"), "shrinkage: 0 % is not a share above 0 %")
    try expectRefusal(task("geometry", "with_round=-1"), "with_round: -1 is no round")
    folder.write("empty.yaml", "evaluations: []\n")
    try expectRefusal(evaluate("--file", folder.path("empty.yaml")), "empty.yaml", "a list")
    folder.write("wrong.yaml", "- { name: knn, data: data.h5 }\n- { name: linear, epoch: 3 }\n")
    try expectRefusal(
      evaluate("--file", folder.path("wrong.yaml")), "wrong.yaml", "evaluations[1].epoch",
      "epochs")
    // Said once, however many ranks.
    let ranks = try mpirun(3, "motet", task("knn", "modality=image", "test=dev"))
    #expect(ranks.status != 0)
    #expect(ranks.errors.components(separatedBy: "'dev'").count == 2, "\(ranks.errors)")
  }

  /// A share of the labels is the same samples for every task, others by another seed, and no other
  /// data to be measured on.
  @Test func sharesOfLabels() throws {
    var data: [String: String] = [:]
    for (task, settings) in [
      ("linear", ["epochs=1"]), ("finetune", ["epochs=1", "pieces=1"]), ("ridge", []),
      ("logistic", ["iterations=5"]), ("ridge", ["labels_seed=2"]), ("ridge", ["labels=1"]),
    ] {
      let options = ["modality=image", "labels=20%"] + settings
      let result = try run(
        "motet",
        evaluate("--task", task, "--data", folder.path("data.h5"))
          + options.flatMap { ["--set", $0] })
      #expect(result.status == 0, "\(result.errors)")
      for name in try FileManager.default.contentsOfDirectory(
        atPath: folder.path("run/evaluations"))
      where name.hasPrefix(task) && data[name] == nil {
        let file = try HDF5File.open(folder.path("run/evaluations/\(name)"))
        data[name] = try file.textAttribute("data")
      }
    }
    #expect(data.count == 6)
    // Four tasks have one training split in common, one test split all.
    let splits = data.values.map { $0.split(separator: " ") }
    #expect(Set(splits.map { $0[0] }).count == 3 && Set(splits.map { $0[1] }).count == 1)
  }

  /// A record of another model or of other data is not passed off as this one's.
  @Test func otherDataIsNoticed() throws {
    let arguments = evaluate(
      "--task", "knn", "--data", folder.path("data.h5"), "--set", "modality=image", "--set", "k=5")
    #expect(try run("motet", arguments).status == 0)
    try FileManager.default.removeItem(atPath: folder.path("data.h5"))
    try FileManager.default.copyItem(
      atPath: folder.path("pairs.h5"), toPath: folder.path("data.h5"))
    let result = try run("motet", arguments)
    #expect(result.status != 0 && result.errors.contains("other data"), "\(result.errors)")
    #expect(result.errors.contains("remove it to measure again"))
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.path(name))
  }
}
