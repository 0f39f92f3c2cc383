import Foundation
import HDF5
import Tensors
import TestSupport
import Testing

/// Runs whose clients and server keep something from round to round.
@Suite(.serialized) struct StateTests {
  /// A small network with a BatchNorm layer.
  private static let network = [
    "encoder.name=vit", "encoder.patch=8", "encoder.width=64", "encoder.depth=2",
    "encoder.heads=2", "encoder.mlp=128", "encoder.hidden_norm=true", "monitor.every=0",
  ]
  private static let scaffold =
    network + ["federation.aggregator.name=scaffold", "training.optimizer.momentum=0"]

  /// The names of what clients keep; nil where there is no folder of theirs.
  private func kept(_ job: SmallJob, _ name: String) -> [String]? {
    try? FileManager.default.contentsOfDirectory(atPath: job.folder.path("\(name)/clients"))
  }

  /// The hash of a run of three rounds, `whole`; one that ends after two on 3 ranks and goes on on
  /// 2 comes to the same.
  @discardableResult
  private func wholeAndInParts(_ job: SmallJob) throws -> String {
    let whole = try run("motet", job.arguments("whole"))
    let expected = try #require(hash(whole), "\(whole.errors)")
    let half = try mpirun(3, "motet", job.arguments("run", "federation.rounds=2"))
    #expect(half.status == 0, "\(half.errors)")
    let continued = try mpirun(2, "motet", job.arguments("run"))
    #expect(hash(continued) == expected, "\(continued.errors)")
    return expected
  }

  @Test func sameModelOnAnyRanksAndSchedules() throws {
    let job = try SmallJob(rounds: 3, settings: Self.scaffold)
    let alone = try run("motet", job.arguments("alone"))
    let expected = try #require(hash(alone), "\(alone.errors)")
    let files = try #require(kept(job, "alone")).sorted()
    #expect(!files.isEmpty)
    for ranks in [1, 2, 3, 5] {
      for schedule in ["hosted", "balanced"] {
        let name = "\(ranks)-\(schedule)"
        let result = try mpirun(
          ranks, "motet", job.arguments(name, "federation.schedule=\(schedule)"))
        #expect(hash(result) == expected, "\(name): \(result.errors)")
        #expect(kept(job, name)?.sorted() == files, "\(name)")
      }
    }
    let threads = try mpirun(3, "motet", job.arguments("threads", "training.threads=2"))
    #expect(hash(threads) == expected, "2 threads: \(threads.errors)")
  }

  /// Kill -9 of a rank, on any number of them and with either schedule: another number goes on.
  @Test func killedAndContinued() throws {
    let job = try SmallJob(rounds: 8, settings: Self.scaffold + ["training.local_epochs=3"])
    let whole = try run("motet", job.arguments("whole"))
    let expected = try #require(hash(whole), "\(whole.errors)")
    var random = RandomStream(seed: 8, purpose: .sampling)
    for ranks in [1, 2, 3, 5] {
      for schedule in ["hosted", "balanced"] {
        let name = "\(ranks)-\(schedule)"
        let arguments = job.arguments(name, "federation.schedule=\(schedule)")
        let running = try startMPI(ranks, "motet", arguments)
        // The first round's checkpoint is there, and clients may be writing what they keep.
        try waitUntil { !running.process.isRunning || running.output.contains("round 3/8") }
        usleep(UInt32(random.index(below: 200_000)))
        if let victim = rankProcess(ranks - 1, of: job.folder.path(name)) { kill(victim, SIGKILL) }
        let ended = running.wait()
        #expect(ended.status != 0, "\(name) was not killed")
        let continued = try mpirun(6 - ranks, "motet", arguments)
        #expect(hash(continued) == expected, "\(name): \(continued.errors)")
        #expect(continued.errors.contains("continuing after round"), "\(name)")
      }
    }
  }

  /// Each algorithm from a job file, stopped after two rounds and continued.
  @Test(arguments: [
    "eua", "fedadam", "fedavgm", "fedbn", "fedema", "fednova", "fedprox", "fedu", "orchestra",
    "scaffold",
  ])
  func eachAlgorithmGoesOn(aggregator: String) throws {
    let job = try SmallJob(
      rounds: 3,
      settings: Self.network + ["federation.aggregator=\(aggregator)"]
        + (["fedema", "fedu"].contains(aggregator) ? ["method={name: byol, hidden: 64}"] : [])
        + (aggregator == "orchestra" ? ["method={name: orchestra, add: [feddecorr]}"] : []))
    try wholeAndInParts(job)
  }

  /// A term of a loss that compares with the client's last model, beside any algorithm.
  @Test(arguments: ["fedavg", "scaffold"])
  func aClientsLastModelIsKept(aggregator: String) throws {
    let job = try SmallJob(
      rounds: 3,
      settings: Self.network + [
        "method={name: simclr, add: [moon]}", "federation.aggregator=\(aggregator)",
      ])
    let expected = try wholeAndInParts(job)
    #expect(kept(job, "whole")?.isEmpty == false)
    let plain = try run("motet", job.arguments("plain", "method=simclr"))
    #expect(hash(plain) != expected, "\(plain.errors)")
  }

  /// What an optimizer and a queue have goes with a client to its next round: on any ranks, and
  /// beside what the algorithm keeps.
  @Test(arguments: ["fedavg", "scaffold"])
  func aClientsStepsGoOn(aggregator: String) throws {
    let job = try SmallJob(
      rounds: 3,
      settings: Self.network + [
        "method={name: moco, queue: 64}", "federation.aggregator=\(aggregator)",
        "training.optimizer={name: \(aggregator == "scaffold" ? "sgd, momentum: 0" : "adamw")}",
        "training.state=kept",
      ])
    let expected = try wholeAndInParts(job)
    #expect(kept(job, "whole")?.isEmpty == false)
    let fresh = try run("motet", job.arguments("fresh", "training.state=fresh"))
    #expect(hash(fresh) != nil && hash(fresh) != expected, "\(fresh.errors)")
  }

  /// The modalities' own stems and norms, averaged over the clients that have them, where a third
  /// of the clients lacks each.
  @Test func whatModalitiesHaveForThemselvesGoesOn() throws {
    let mix = "clients.mix={missing: {image: 30%, audio: 30%}}"
    let job = try SmallJob(
      rounds: 3,
      settings: [
        "encoder={name: resnet18, input: 16, stem: small, stems: own, norms: own}",
        "federation.aggregator=modalitywise", mix,
      ])
    let shards = try run("motet", ["shard", "--overwrite", job.path, "--set", mix])
    #expect(shards.status == 0, "\(shards.errors)")
    let expected = try wholeAndInParts(job)
    let fedavg = try run("motet", job.arguments("fedavg", "federation.aggregator=fedavg"))
    #expect(hash(fedavg) != nil && hash(fedavg) != expected, "\(fedavg.errors)")
    // Measured by the norms of the sample's modality.
    let results = try HDF5File.open(job.folder.path("whole/results.h5"))
    #expect(Set(try results.texts("/monitor/modality")) == ["image", "audio"])
  }

  /// A server that trains on labelled images, the same on any ranks and threads.
  @Test func aServerWithLabelsGoesOn() throws {
    let mix = "clients.mix={image: 100%}"
    let job = try SmallJob(
      rounds: 3,
      settings: Self.network + [
        "federation.aggregator={name: fedanchor, labels: 20%, epochs: 2}",
        "method={name: fedanchor, classes: 4}",
      ])
    // Clients that have sounds are refused, and so are other classes and no batch.
    let sounds = try run("motet", job.arguments("sounds"))
    #expect(
      sounds.errors.contains("the server has labels of image alone, and client "),
      "\(sounds.errors)")
    let shards = try run("motet", ["shard", "--overwrite", job.path, "--set", mix])
    #expect(shards.status == 0, "\(shards.errors)")
    for (setting, said) in [
      ("method.classes=10", "has 4 classes of image; set it to 4"),
      ("training.smallest_batch=64", "make no batch; give a larger share"),
      ("federation.aggregator.labels=1%", "fewer than one of each"),
    ] {
      let refused = try mpirun(2, "motet", job.arguments("refused", mix, setting))
      #expect(refused.status != 0 && refused.errors.contains(said), "\(refused.errors)")
      #expect(refused.errors.components(separatedBy: "motet: ").count == 2, "\(refused.errors)")
      #expect(refused.errors.contains("small.yaml: "), "\(refused.errors)")
    }
    let whole = try run("motet", job.arguments("whole", mix))
    let expected = try #require(hash(whole), "\(whole.errors)")
    let half = try mpirun(3, "motet", job.arguments("run", mix, "federation.rounds=2"))
    #expect(half.status == 0, "\(half.errors)")
    let continued = try mpirun(
      2, "motet", job.arguments("run", mix, "training.threads=2"))
    #expect(hash(continued) == expected, "\(continued.errors)")
    let others = try run(
      "motet", job.arguments("others", mix, "federation.aggregator.labels_seed=2"))
    #expect(hash(others) != nil && hash(others) != expected, "\(others.errors)")
  }

  @Test func whatKeepsNothingMakesNoFolder() throws {
    let job = try SmallJob(settings: Self.network)
    let plain = try run("motet", job.arguments("plain"))
    #expect(plain.status == 0, "\(plain.errors)")
    #expect(kept(job, "plain") == nil)
    let server = try run("motet", job.arguments("server", "federation.aggregator=fedadam"))
    #expect(server.status == 0, "\(server.errors)")
    #expect(kept(job, "server") == nil)
  }

  /// The newest checkpoint, or what a client kept in its round, is lost: the run goes on from the
  /// round before, to the same bits.
  @Test func whatTheLastRoundLeftMayBeLost() throws {
    let job = try SmallJob(rounds: 4, settings: Self.scaffold)
    let whole = try run("motet", job.arguments("whole"))
    let expected = try #require(hash(whole), "\(whole.errors)")
    for lost in ["checkpoint", "state", "damaged state", "foreign state", "checkpoint and state"] {
      let name = lost.replacingOccurrences(of: " ", with: "-")
      let arguments = job.arguments(name)
      let three = try mpirun(3, "motet", arguments + ["--set", "federation.rounds=3"])
      #expect(three.status == 0, "\(three.errors)")
      let state = try #require(kept(job, name)?.first { $0.hasSuffix("-round-000003.h5") })
      let path = job.folder.path("\(name)/clients/\(state)")
      switch lost {
      case "damaged state":
        try writeFile(path, try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(9))
      case "foreign state":
        let other = try #require(kept(job, name)?.first { $0.hasSuffix("-round-000002.h5") })
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(
          atPath: job.folder.path("\(name)/clients/\(other)"), toPath: path)
      default:
        if lost.hasSuffix("state") { try FileManager.default.removeItem(atPath: path) }
      }
      if lost.hasPrefix("checkpoint") {
        try FileManager.default.removeItem(atPath: job.folder.path("\(name)/checkpoint-000003.h5"))
      }
      let continued = try mpirun(2, "motet", arguments)
      #expect(hash(continued) == expected, "\(lost): \(continued.errors)")
      #expect(continued.errors.contains("continuing after round 2"), "\(continued.errors)")
      #expect(
        lost.hasPrefix("checkpoint")
          || continued.errors.contains("clients/\(state)")
            && continued.errors.contains(
              "; going on from round 2"),
        "\(continued.errors)")
      #expect(kept(job, name)?.sorted() == kept(job, "whole")?.sorted(), "\(lost)")
    }
  }

  /// Before a round is trained, in one line that names the file and the mend: where every
  /// checkpoint needs the file.
  @Test func missingOrForeignStatesAreRefused() throws {
    let job = try SmallJob(settings: Self.scaffold)
    for (name, rate) in [("run", "0.03"), ("other", "0.04")] {
      let result = try run("motet", job.arguments(name, "training.rate=\(rate)"))
      #expect(result.status == 0, "\(result.errors)")
    }
    let file = try #require(
      kept(job, "run")?.first { file in
        file.hasSuffix("-round-000001.h5") && kept(job, "other")?.contains(file) == true
          && kept(job, "run")?.count { $0.prefix(13) == file.prefix(13) } == 1
      })
    let path = job.folder.path("run/clients/\(file)")
    let own = try #require(FileManager.default.contents(atPath: path))
    let more = job.arguments("run", "training.rate=0.03", "federation.rounds=3")

    func expectRefusal(_ problem: String) throws {
      let result = try run("motet", more)
      #expect(result.status != 0 && result.output.isEmpty, "\(result.output)")
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count == 1, "\(result.errors)")
      #expect(result.errors.contains("clients/\(file): \(problem)"), "\(result.errors)")
      #expect(result.errors.contains("or start over with --fresh"), "\(result.errors)")
      let ranks = try mpirun(3, "motet", more)
      #expect(ranks.status != 0 && ranks.output.isEmpty, "\(ranks.output)")
      #expect(ranks.errors.components(separatedBy: file).count == 2, "\(ranks.errors)")
    }

    try FileManager.default.removeItem(atPath: path)
    try expectRefusal("missing")
    try FileManager.default.copyItem(
      atPath: job.folder.path("other/clients/\(file)"), toPath: path)
    try expectRefusal("not what this run wrote")
    try writeFile(path, own.prefix(own.count / 2))
    try expectRefusal("damaged")
    // Back in its place, the run goes on.
    try writeFile(path, own)
    let continued = try run("motet", more)
    #expect(hash(continued) != nil, "\(continued.errors)")
  }

  @Test func aModelWithoutBatchNormIsRefused() throws {
    let job = try SmallJob(settings: Self.network)
    let result = try run(
      "motet",
      job.arguments("run", "federation.aggregator=fedbn", "encoder.hidden_norm=false"))
    #expect(result.status != 0)
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(result.errors.contains("federation.aggregator: fedbn"), "\(result.errors)")
  }
}
