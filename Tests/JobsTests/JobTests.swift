import Foundation
import TestSupport
import Testing

@testable import Jobs

@Suite struct JobTests {
  let folder = TemporaryFolder()

  func load(_ text: String, _ settings: [String] = []) throws -> Job {
    try Job.load(folder.write("jobs/demo.yaml", text), settings: settings)
  }

  /// What is wrong with a job, without the folder.
  func error(_ text: String, _ settings: [String] = []) -> String {
    do {
      _ = try load(text, settings)
      return "no error"
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path("jobs/"), with: "")
    }
  }

  static let least = "data: { image: ../data/cifar10.h5, audio: /stores/esc50.h5 }\n"

  @Test func whatTheFileDoesNotSayHasADefault() throws {
    let job = try load(Self.least)
    #expect(job.name == "demo" && job.seed == 1)
    #expect(job.data["image"] == folder.path("data/cifar10.h5"))
    #expect(job.data["audio"] == "/stores/esc50.h5")
    #expect(job.modalityNames == ["image", "audio"])
    #expect(job.clients.count == 100)
    #expect(job.clients.alpha == ["image": 0.1, "audio": 0.1])
    #expect(job.clients.mix == ["image+audio": 1] && !job.clients.redistribute)
    #expect(job.training.localEpochs == 5 && job.training.batch == 256)
    #expect(job.training.clip == 0)
    #expect(job.federation.rounds == 100 && job.federation.participation == 0.1)
    #expect(job.monitor.every == 10 && job.monitor.knn.k == 200)
    #expect(job.shards == folder.path("jobs/shards/demo"))
    #expect(job.results == folder.path("jobs/runs/demo"))
    #expect(job.encoder.inputSide == 128)
  }

  /// Runs of the version that did not have `training.state` stay the runs of their jobs.
  @Test func anOptionThatCameLaterLeavesIDsAsTheyWere() throws {
    let resolved = try load(Self.least).resolved
    #expect(resolved[path: "training.state"] == "fresh")
    #expect(jobID(resolved) == jobID(resolved.removing("training.state")))
    #expect(filled(resolved.removing("training.state")) == resolved)
    let kept = try load(Self.least, ["training.state=kept"]).resolved
    #expect(jobID(kept) != jobID(resolved) && filled(kept) == kept)
    #expect(
      error(Self.least, ["training.state=kept", "federation.aggregator=fednova"])
        .contains("training.state: fednova weighs a client by steps whose momentum begins anew"))
    #expect(jobID(resolved.removing("training.batch")) != jobID(resolved))
  }

  @Test func theFileReplacesDefaults() throws {
    let job = try load(
      """
      name: fssuavl-r18
      seed: 7
      data: { image: a.h5, audio: b.h5 }
      clients:
        count: 30
        alpha: { image: 1e-1, audio: 1000 }
        mix: { audio+image: 34%, image: 33%, audio: 33% }
      encoder: { name: resnet18, input: 32, stem: small }
      method: { name: simclr, temperature: 0.2 }
      training: { rate: 3e-2, weight_decay: 1e-5, order: images-first, last_batch: drop }
      federation: { rounds: 20, participation: 20%, aggregator: fedavg, schedule: hosted }
      monitor: { every: 5, knn: { k: 20 } }
      views: { audio: { seconds: 1 } }
      results: ../out
      """)
    #expect(job.name == "fssuavl-r18" && job.seed == 7)
    #expect(job.clients.alpha == ["image": 0.1, "audio": 1000])
    #expect(job.clients.mix == ["image+audio": 0.34, "image": 0.33, "audio": 0.33])
    #expect(job.encoder.inputSide == 32)
    #expect(job.section("method")["temperature"]?.number == 0.2)
    #expect(job.training.rate == 0.03)
    let optimizer = try #require(job.section("training")["optimizer"])
    #expect(optimizer["weight_decay"]?.number == 1e-5 && optimizer["name"]?.text == "sgd")
    #expect(job.training.order == .first("image") && job.training.lastBatch == .drop)
    #expect(job.federation.participation == 0.2)
    #expect(job.monitor.knn.k == 20 && job.monitor.knn.temperature == 0.1)
    #expect(job.results == folder.path("out"))
    #expect(job.shards == folder.path("jobs/shards/fssuavl-r18"))
  }

  @Test func settingsReplaceTheFile() throws {
    let job = try load(
      Self.least + "method: simclr\n",
      [
        "training.rate=1e-2", "federation.participation=50%", "method.temperature=0.1",
        "clients.alpha=1", "name=other", "data.image=c.h5",
      ])
    #expect(job.training.rate == 0.01 && job.federation.participation == 0.5)
    #expect(job.section("method")["temperature"]?.number == 0.1)
    #expect(job.clients.alpha == ["image": 1, "audio": 1])
    #expect(job.name == "other")
    #expect(job.data["image"] == folder.path("jobs/c.h5"))
  }

  /// `alpha` is the short spelling of Dirichlet's: both resolve to what they did when there was no
  /// other partitioner, so that cells and checkpoints of then are found.
  @Test(arguments: [
    "alpha=0.3", "alpha={image: 0.3, audio: 0.3}", "partitioner.alpha=0.3",
    "partitioner={name: dirichlet, alpha: 0.3}",
    "partitioner={image: {name: dirichlet, alpha: 0.3}, audio: {alpha: 0.3}}",
  ])
  func dirichletResolvesToAlpha(setting: String) throws {
    let clients = try load(Self.least, ["clients.\(setting)"]).section("clients")
    #expect(
      clients.json == #"{"alpha":{"audio":0.3,"image":0.3},"count":100,"minimum":0,"#
        + #""mix":{"image+audio":1},"redistribute":false}"#)
  }

  /// Partitioners but Dirichlet's stand in the resolved job by modality; alpha goes to those that
  /// have one.
  @Test func otherPartitionersAreResolved() throws {
    let job = try load(
      Self.least + "clients: { alpha: { audio: 3 }, partitioner: { image: iid } }")
    #expect(job.clients.alpha == ["audio": 3])
    #expect(
      job.section("clients").json == #"{"alpha":{"audio":3},"count":100,"minimum":0,"#
        + #""mix":{"image+audio":1},"partitioner":{"image":{"name":"iid"}},"redistribute":false}"#)
    let balanced = try load(
      Self.least, ["clients.partitioner=dirichlet-balanced", "clients.alpha=2"])
    #expect(balanced.section("clients")["alpha"] == nil)
    let settings = balanced.section("clients")["partitioner"]
    #expect(settings?["audio"]?["alpha"]?.number == 2)
    let classes = try load(Self.least, ["clients.partitioner={name: classes, per_client: 3}"])
    for job in [job, balanced, classes] {
      let again = try load(job.yaml)
      #expect(again.resolved == job.resolved)
    }
  }

  @Test func modalitiesMayBeCutDifferently() throws {
    let job = try load(Self.least, ["clients.partitioner={image: {alpha: 3}}"])
    #expect(job.clients.alpha == ["image": 3, "audio": 0.1])
    let mixed = try load(
      Self.least, ["clients.partitioner={image: {alpha: 3}}", "clients.alpha={audio: 2}"])
    #expect(mixed.clients.alpha == ["image": 3, "audio": 2])
    // Takes back what a base job says.
    let without = try load(
      Self.least + "clients: { alpha: 7 }", ["clients.alpha=null", "clients.partitioner.alpha=2"])
    #expect(without.clients.alpha == ["image": 2, "audio": 2])
  }

  @Test func whatIsMissingIsAMixToo() throws {
    let job = try load(Self.least, ["clients.mix={missing: {audio: 30%, image: 0}}"])
    #expect(job.clients.missing == ["audio": 0.3, "image": 0] && job.clients.mix.isEmpty)
    #expect(job.section("clients")["mix"]?.json == #"{"missing":{"audio":0.3,"image":0}}"#)
    #expect(try load(job.yaml).resolved == job.resolved)
    #expect(
      error("data: { image: a.h5 }\n", ["clients.mix={missing: {image: 30%}}"])
        .contains("clients.mix.missing: is for several modalities; the data have image alone"))
  }

  /// Three times 33 % is what people write; what misses more was meant otherwise.
  @Test func sharesNearlyAWholeAreScaled() throws {
    let job = try load(
      Self.least, ["clients.mix={image+audio: 33 %, image: 33 %, audio: 33 %}"])
    for share in job.clients.mix.values { #expect(abs(share - 1 / 3) < 1e-15) }
    #expect(try load(job.yaml).resolved == job.resolved)
    let exact = try load(Self.least, ["clients.mix={image+audio: 0.34, image: 0.33, audio: 0.33}"])
    #expect(exact.clients.mix == ["image+audio": 0.34, "image": 0.33, "audio": 0.33])
    #expect(
      error(Self.least, ["clients.mix={image+audio: 50%, audio: 52%}"])
        .contains("adds up to 102.0 %"))
  }

  /// Clients whose samples make no batch, or a rough one, are named before anything is trained.
  @Test func smallClientsAreWarnedOf() throws {
    let job = try load(Self.least, ["clients.count=4"])
    let images = [300, 15, 7, 0]
    let warnings = job.warningsOfSmallClients { $1 == "image" ? images[$0] : 500 }
    #expect(warnings.count == 2)
    #expect(
      warnings.first?.hasPrefix(
        "1 of 4 clients has image samples too few for a batch "
          + "(training.smallest_batch 8, last_batch keep) and trains none of them") == true)
    #expect(warnings.last?.hasPrefix("1 of 4 clients has image batches of fewer than 16") == true)
    let all = try load(Self.least, ["clients.count=4", "training.smallest_batch=2"])
    #expect(all.warningsOfSmallClients { $1 == "image" ? images[$0] : 500 }.count == 1)
    #expect(job.warningsOfSmallClients { _, _ in 256 }.isEmpty)
    // Nobody trains: with samples too few, or with none at all.
    let idle = job.warningsOfSmallClients { _, _ in 3 }
    #expect(idle.count == 3 && idle[0].hasPrefix("4 of 4 clients have image samples too few"))
    for warnings in [idle, job.warningsOfSmallClients { _, _ in 0 }] {
      #expect(warnings.last?.hasPrefix("no client has samples enough for a batch: ") == true)
    }
  }

  /// A resolved job, written as YAML and read again, is the same job.
  @Test func theResolvedJobIsAJobFile() throws {
    let job = try load(
      Self.least, ["training.weight_decay=1e-7", "clients.mix={image: 0.5, audio: 0.5}"])
    let again = try load(job.yaml)
    #expect(again.resolved == job.resolved)
    #expect(again.yaml == job.yaml)
  }

  /// (what follows the data, what the error is): always one line, with the line of the key.
  static let mistakes: [(String, String)] = [
    ("sed: 1", "demo.yaml:2: sed: unknown key 'sed' (did you mean 'seed'?)"),
    (
      "training:\n  temprature: 1\n",
      "demo.yaml:3: training.temprature: unknown key 'temprature'; there are: batch, clip, "
        + "last_batch, local_epochs, optimizer, order, rate, recompute, schedule, "
        + "smallest_batch, state, threads, views"
    ),
    (
      "training: { ratee: 1 }",
      "demo.yaml:2: training.ratee: unknown key 'ratee' (did you mean 'rate'?)"
    ),
    ("training: { rate: fast }", "demo.yaml:2: training.rate: expected a number"),
    ("training: { rate: '0.1' }", "demo.yaml:2: training.rate: expected a number"),
    ("training: { rate: 0 }", "demo.yaml:2: training.rate: 0.0 is not above 0"),
    ("training: { batch: many }", "demo.yaml:2: training.batch: expected a whole number"),
    (
      "training: { batch: 1 }",
      "demo.yaml:2: training.batch: 1 is below 2: the loss compares samples of a batch"
    ),
    (
      "training: { momentum: 1 }",
      "demo.yaml:2: training.momentum: as the optimizer's: 1.0 is not in 0 ..< 1"
    ),
    (
      "training: { optimizer: adamw, momentum: 0.5 }",
      "demo.yaml:2: training.momentum: as the optimizer's: unknown key 'momentum'; there are: "
        + "beta1, beta2, decay, epsilon, weight_decay"
    ),
    (
      "training: { order: alternat }",
      "demo.yaml:2: training.order: unknown order 'alternat' (did you mean 'alternate'?)"
    ),
    (
      "training: { optimizer: sdg }",
      "demo.yaml:2: training.optimizer.name: unknown optimizer 'sdg' (did you mean 'sgd'?)"
    ),
    (
      "training: { optimizer: { name: sgd, momentum: 0.5 }, momentum: 0.9 }",
      "demo.yaml:2: training.momentum: is among optimizer's options too; leave one of them out"
    ),
    (
      "training: { optimizer: { name: sgd, betas: 1 } }",
      "demo.yaml:2: training.optimizer.betas: unknown key 'betas'; there are: momentum, nesterov, "
        + "weight_decay"
    ),
    (
      "training: { order: 'first:video' }",
      "demo.yaml:2: training.order: unknown modality 'video'; there are: image, audio"
    ),
    (
      "training: { schedule: cosine-locl }",
      "demo.yaml:2: training.schedule: unknown rate schedule 'cosine-locl' "
        + "(did you mean 'cosine-local'?)"
    ),
    ("training: 5", "demo.yaml:2: training: expected a mapping, 'key: value'"),
    ("seed: -1", "demo.yaml:2: seed: expected a whole number of at least 0"),
    ("seed: true", "demo.yaml:2: seed: expected a whole number of at least 0"),
    ("name: a/b", "demo.yaml:2: name: 'a/b' names folders: letters, digits, '-', '_' and '.' only"),
    (
      "encoder: { name: resnet18, inputs: 3 }",
      "demo.yaml:2: encoder.inputs: unknown key 'inputs' (did you mean 'input'?)"
    ),
    (
      "encoder: { name: resnet18, input: 3 }", "demo.yaml:2: encoder.input: 3 is outside 16 to 1024"
    ),
    (
      "encoder: resnet81",
      "demo.yaml:2: encoder.name: unknown encoder 'resnet81' (did you mean 'resnet18'?)"
    ),
    (
      "federation: { aggregator: { name: fedavgg } }",
      "demo.yaml:2: federation.aggregator.name: unknown aggregator 'fedavgg' "
        + "(did you mean 'fedavg'?)"
    ),
    (
      "federation: { round: 3 }",
      "demo.yaml:2: federation.round: unknown key 'round' (did you mean 'rounds'?)"
    ),
    (
      "federation: { participation: 120% }",
      "demo.yaml:2: federation.participation: 120 % is not a share above 0 %, at most 100 %"
    ),
    ("federation: { rounds: 0 }", "demo.yaml:2: federation.rounds: 0 is outside 1 to 1000000"),
    ("monitor: { knn: { k: 0 } }", "demo.yaml:2: monitor.knn.k: 0 is outside 1 to 1000000"),
    (
      "clients: { alpha: { image: 0.1 } }", "demo.yaml:2: clients.alpha: has no number for audio"
    ),
    (
      "clients: { alpha: 0 }", "demo.yaml:2: clients.alpha: 0.0 is outside 0.001 to 100000"
    ),
    (
      "clients: { alpha: { image: 1, audio: 1e6 } }",
      "demo.yaml:2: clients.alpha.audio: 1000000.0 is outside 0.001 to 100000"
    ),
    (
      "clients:\n  partitioner: { audio: { alpha: 0 } }",
      "demo.yaml:3: clients.partitioner.audio.alpha: 0.0 is outside 0.001 to 100000"
    ),
    (
      "clients: { partitioner: dirichle }",
      "demo.yaml:2: clients.partitioner.name: unknown partitioner 'dirichle' "
        + "(did you mean 'dirichlet'?)"
    ),
    (
      "clients: { partitioner: { image: dirichlet, video: dirichlet } }",
      "demo.yaml:2: clients.partitioner.video: unknown modality 'video'; there are: image, audio"
    ),
    (
      "clients: { partitioner: [dirichlet] }",
      "demo.yaml:2: clients.partitioner: expected a partitioner: its name, or {name: …, options}"
    ),
    (
      "clients: { alpha: 1, partitioner: { alpha: 2 } }",
      "demo.yaml:2: clients.alpha: clients.partitioner has an alpha as well; keep one of them"
    ),
    (
      "clients: { alpha: 1, partitioner: { image: iid } }",
      "demo.yaml:2: clients.alpha: the partitioner of image, iid, has no alpha; remove it "
        + "(clients.alpha: null), or give alpha by modality to those that have one"
    ),
    (
      "clients: { partitioner: { audio: { name: classes, perclient: 3 } } }",
      "demo.yaml:2: clients.partitioner.audio.perclient: unknown key 'perclient' "
        + "(did you mean 'per_client'?)"
    ),
    (
      "clients: { partitioner: file }",
      "demo.yaml:2: clients.partitioner.path: missing; give a CSV file with the columns sample and "
        + "client"
    ),
    (
      "clients: { alpha: { image: 1 }, partitioner: { image: dirichlet } }",
      "demo.yaml:2: clients.alpha: has no number for audio"
    ),
    (
      "clients: { mix: { image: 50%, audio: 30% } }",
      "demo.yaml:2: clients.mix: adds up to 80.0 %, not 100 %"
    ),
    (
      "clients: { mix: { missing: { image: 100% } } }",
      "demo.yaml:2: clients.mix.missing.image: 100 % is not a share from 0 %, below 100 %"
    ),
    (
      "clients: { mix: { missing: { image: some } } }",
      "demo.yaml:2: clients.mix.missing.image: expected a share, as in 30%"
    ),
    (
      "clients: { mix: { missing: { video: 30% } } }",
      "demo.yaml:2: clients.mix.missing.video: unknown modality 'video'; there are: image, audio"
    ),
    (
      "clients: { mix: { missing: {} } }",
      "demo.yaml:2: clients.mix.missing: expected shares by modality, as in "
        + "{ image: 30%, audio: 30% }"
    ),
    (
      "clients: { mix: { image: 50%, missing: { image: 30% } } }",
      "demo.yaml:2: clients.mix.missing: stands in place of shares that clients have; there is image "
        + "beside it"
    ),
    (
      "federation: { aggregator: modalitywise }",
      "demo.yaml:2: federation.aggregator: modalitywise finds no parameter that is one modality's, so "
        + "that it would be fedavg; take encoder.stems: own, encoder.norms: own, or rules"
    ),
    (
      "federation: { aggregator: { name: modalitywise, rules: [{ names: fc, over: video }] } }",
      "demo.yaml:2: federation.aggregator.rules: unknown scope 'video'; there are: all, own, image, "
        + "audio"
    ),
    (
      "encoder: { channels: 2 }",
      "demo.yaml:2: encoder.channels: 2 is neither 1 nor 3"
    ),
    (
      "clients: { redistribute: all }",
      "demo.yaml:2: clients.redistribute: expected true or false"
    ),
    (
      "monitor: { features: encode }",
      "demo.yaml:2: monitor.features: unknown features 'encode' (did you mean 'encoder'?)"
    ),
    (
      "clients: { mix: { image+sound: 100% } }",
      "demo.yaml:2: clients.mix.image+sound: unknown modality 'sound'; there are: image, audio"
    ),
    (
      "views: { video: {} }",
      "demo.yaml:2: views.video: unknown modality 'video'; there are: image, audio"
    ),
    (
      "encoder: { name: resnet18, stems: own, stem_inputs: [{ modality: x, channels: 3 }] }",
      "demo.yaml:2: encoder: has no stem or BatchNorm for image, which the data have; add image to "
        + "stem_inputs and norm_modalities, or leave them out"
    ),
    (
      "encoder: { name: resnet18, norms: own, norm_modalities: [image] }",
      "demo.yaml:2: encoder: has no stem or BatchNorm for audio, which the data have; add audio to "
        + "stem_inputs and norm_modalities, or leave them out"
    ),
    (
      "encoder: { name: resnet18, norm_modalities: [image, audio] }",
      "demo.yaml:2: encoder.norm_modalities: is for norms: own and statistics alone"
    ),
    (
      "encoder: { name: resnet18, norms: own, norm_modalities: [image, image] }",
      "demo.yaml:2: encoder.norm_modalities: has a modality twice"
    ),
    (
      "encoder: { name: resnet18, norms: separate }",
      "demo.yaml:2: encoder.norms: unknown norms 'separate'; there are: shared, statistics, own"
    ),
    (
      "name: \(String(repeating: "a", count: 250))",
      "demo.yaml:2: name: of 250 letters; folders' names have 200 at most"
    ),
    ("seed: 1\nseed: 2", "demo.yaml:2: the key 'seed' is given twice"),
    ("training: [1", "demo.yaml:3: not YAML: did not find expected ',' or ']'"),
  ]

  @Test(arguments: mistakes) func mistakesAreNamed(text: String, message: String) {
    #expect(error(Self.least + text) == message)
  }

  @Test func withoutDataThereIsNoJob() {
    #expect(error("seed: 1") == "demo.yaml: data: missing; give a sample store for each modality")
    #expect(
      error("data: { sound: a.h5 }")
        == "demo.yaml:1: data.sound: unknown modality 'sound'; there are: image, audio")
    #expect(
      error("data: { image: 3 }") == "demo.yaml:1: data.image: expected the path of a sample store")
    #expect(error("") == "demo.yaml: the file is empty")
    #expect(error("- a") == "demo.yaml: expected a mapping, 'key: value'")
  }

  @Test func mistakesOfTheCommandLineAreNamed() {
    #expect(
      error(Self.least, ["training.ratee=1"])
        == "demo.yaml, --set: training.ratee: unknown key 'ratee' (did you mean 'rate'?)")
    #expect(
      error(Self.least, ["rate"]) == "--set rate: expected KEY=VALUE, as in training.rate=0.1")
    #expect(
      error(Self.least, ["training.rate="])
        == "demo.yaml, --set: training.rate: no value; expected a number")
    #expect(
      error(Self.least, [String(repeating: "a.", count: 20_000) + "a=1"]).hasSuffix(
        "a.a.a.a.…: a key of 20001 parts; there are none of more than 32"))
  }

  @Test func whatIsNoJobFileIsNamed() throws {
    #expect(throws: JobError.self) { try Job.load(folder.path("nowhere.yaml")) }
    #expect {
      try Job.load(folder.path)
    } throws: { "\($0)" == "\(folder.path): this is a folder; expected a job file (YAML)" }
    // As Windows' Notepad writes files.
    #expect(try Job.load(folder.write("mark.yaml", "\u{FEFF}" + Self.least)).name == "mark")
    let pipe = folder.path("pipe.yaml")
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, "/dev/zero"] {
      #expect(
        message { _ = try Job.load(path) }
          == "\(path): this is a folder, a pipe or a device, and no file; expected a job file (YAML)"
      )
    }
    let large = folder.path("large.yaml")
    try Data(count: 2 << 20).write(to: URL(fileURLWithPath: large))
    let link = folder.path("link.yaml")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: large)
    #expect(
      message { _ = try Job.load(link) }
        == "\(link): is of 2097152 bytes, more than 1048576; expected a job file (YAML)")
  }

  /// Broken job files by the hundred: pieces cut out of a good one never crash and give one line.
  @Test func brokenFilesGiveOneLine() {
    let whole = Array(
      (Self.least + "training: { rate: 3e-2, order: random }\nmonitor:\n  knn: { k: 5 }\n").utf8)
    for begin in stride(from: 0, to: whole.count, by: 3) {
      for length in [1, 4, 17] where begin + length <= whole.count {
        let text = String(
          decoding: whole[..<begin] + whole[(begin + length)...], as: UTF8.self)
        let message = error(text)
        #expect(!message.contains("\n"), "\(text)")
      }
    }
  }
}
