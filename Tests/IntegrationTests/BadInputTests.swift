import Foundation
import HDF5
import TestSupport
import Testing

/// Mistakes: one line that names the file, key or path and the mend; exit code not 0; nothing left
/// behind.
@Suite(.serialized) struct BadInputTests {
  private let job: SmallJob

  init() throws { job = try SmallJob(encoder: SmallJob.vit) }

  /// Runs a command that must fail and returns its one line.
  private func refusal(_ arguments: [String]) throws -> String {
    let before = job.folder.names
    let result = try run("motet", arguments)
    #expect(result.status != 0)
    #expect(result.output.isEmpty, "\(result.output)")
    #expect(job.folder.names == before, "left behind")
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(result.errors)")
    return lines.first.map(String.init) ?? ""
  }

  private func expectRefusal(
    _ arguments: [String], _ parts: String..., location: SourceLocation = #_sourceLocation
  ) throws {
    let line = try refusal(arguments)
    for part in parts { #expect(line.contains(part), "\(line)", sourceLocation: location) }
  }

  @Test func jobFiles() throws {
    try expectRefusal(
      job.arguments("r", "training.rat=1"), "training.rat", "did you mean 'rate'?")
    try expectRefusal(job.arguments("r", "training.rate=fast"), "training.rate", "a number")
    try expectRefusal(job.arguments("r", "training.batch=1"), "training.batch", "below 2")
    try expectRefusal(job.arguments("r", "federation.participation=120%"), "participation")
    try expectRefusal(job.arguments("r", "training.threads=0"), "threads: 0 is outside 1 to 1024")
    try expectRefusal(job.arguments("r", "training.threads=1024"), "--cpus-per-task=1024")
    try expectRefusal(job.arguments("r", "encoder.name=resnet81"), "did you mean 'resnet18'?")
    try expectRefusal(["run", job.path, job.path], "2 job files")
    try expectRefusal(["run", job.folder.path("none.yaml")], "none.yaml", "no such file")
    job.folder.write("broken.yaml", "name: [x")
    try expectRefusal(["run", job.folder.path("broken.yaml")], "broken.yaml")
  }

  @Test func dataFiles() throws {
    let data = job.folder.path("data.h5")
    try expectRefusal(job.arguments("r", "data.image=none.h5"), "none.h5", "no such file")
    job.folder.write("text.h5", "not HDF5")
    try expectRefusal(job.arguments("r", "data.image=text.h5"), "text.h5", "not an HDF5 file")
    let bytes = try #require(FileManager.default.contents(atPath: data))
    try writeFile(job.folder.path("cut.h5"), bytes.prefix(bytes.count / 2))
    try expectRefusal(job.arguments("r", "data.image=cut.h5"), "cut.h5", "truncated")
    try expectRefusal(
      job.arguments("r", "clients.alpha=0.5"), "shards of another job", "motet shard")
    try expectRefusal(job.arguments("r", "shards=nowhere"), "nowhere", "motet shard")
  }

  @Test func imports() throws {
    let folder = job.folder
    folder.write("pictures/cats/a.png", "not a picture")
    folder.write("pictures/dogs/.keep", "")
    func importing(_ name: String, _ from: String) -> [String] {
      ["data", "import", name, "--from", folder.path(from), "--to", folder.path("new.h5")]
    }
    try expectRefusal(importing("image-folder", "pictures"), "pictures/")
    folder.write("sounds/one/zero.wav", "")
    try expectRefusal(importing("sound-folder", "sounds"), "zero.wav")
    folder.write("sounds/one/zero.wav", "RIFF....")
    try expectRefusal(importing("sound-folder", "sounds"), "zero.wav")
    try expectRefusal(importing("cifar10", "nowhere"), "nowhere")
    // A record of CIFAR-10 begins with its label, 0 to 9.
    let record = String(repeating: "A", count: 3073)
    folder.write("cifar/data_batch_1.bin", record)
    let whole = "\u{1}\(record.dropLast())"
    for number in 2...5 { folder.write("cifar/data_batch_\(number).bin", whole) }
    folder.write("cifar/test_batch.bin", whole)
    folder.write("cifar/batches.meta.txt", (0..<10).map { "class\($0)" }.joined(separator: "\n"))
    try expectRefusal(importing("cifar10", "cifar"), "label")
  }

  /// Nothing but a sample store is ever replaced.
  @Test func whatIsNoStoreIsNotReplaced() throws {
    let folder = job.folder
    folder.write("thesis.tex", "years of work")
    func importing(_ to: String, _ options: String...) -> [String] {
      ["data", "import", "sound-folder", "--from", folder.path, "--to", folder.path(to)] + options
    }
    try expectRefusal(importing("thesis.tex"), "thesis.tex: already exists", "--overwrite")
    try expectRefusal(importing("thesis.tex", "--overwrite"), "is no sample store, and --overwrite")
    #expect(
      try String(contentsOfFile: folder.path("thesis.tex"), encoding: .utf8) == "years of work")
    for options in [[], ["--overwrite"]] {
      try expectRefusal(
        ["data", "synthesize", "--to", folder.path] + options, "is a folder; --to names a file")
    }
    let store = folder.path("new.h5")
    for options in [[], ["--overwrite"]] {
      let made = try run(
        "motet", ["data", "synthesize", "--to", store, "--images", "80", "--sounds", "0"] + options)
      #expect(made.status == 0, "\(made.errors)")
    }
  }

  /// An option that would change nothing is a mistake.
  @Test func optionsOfShards() throws {
    for option in [
      ["--alpha", "0.1"], ["--seed", "5"], ["--minimum", "2"], ["--split", "test"],
    ] {
      let result = try run("motet", ["shard", job.path] + option)
      #expect(result.status != 0 && result.errors.contains("\(option[0]): the job says so"))
    }
    let lone = try run(
      "motet",
      [
        "shard", "--data", "image=\(job.folder.path("data.h5"))", "--clients", "4", "--to",
        job.folder.path("lone"), "--set", "seed=7",
      ])
    #expect(lone.status != 0 && lone.errors.contains("--set changes a job"), "\(lone.errors)")
    #expect(!job.folder.names.contains("lone"))
    for (option, value) in [("--alpha", "nan"), ("--alpha", "inf"), ("--seed", "-1")] {
      let result = try run(
        "motet",
        [
          "shard", "--data", "image=\(job.folder.path("data.h5"))", "--clients", "4", "--to",
          job.folder.path("lone"), option, value,
        ])
      #expect(result.status != 0 && !result.errors.isEmpty, "\(option) \(value)")
      #expect(!job.folder.names.contains("lone"))
    }
  }

  /// What a setting breaks is blamed on the setting, also where a key above or below it is named.
  @Test func settings() throws {
    try expectRefusal(job.arguments("r", "clients.mix.image=50%"), "small.yaml, --set: clients.mix")
    try expectRefusal(job.arguments("r", "training.rate.x=1"), "small.yaml, --set: training.rate")
    try expectRefusal(["sweep", "run", job.path], "this is a job, not a sweep")
  }

  @Test func machine() throws {
    // 65536 x 65536 weights in the head.
    try expectRefusal(
      job.arguments("r", "encoder.hidden=65536", "encoder.projection=65536"), "MiB")
    job.folder.write("file", "")
    try expectRefusal(
      ["run", job.path, "--set", "results=\(job.folder.path("file"))/run"], "results")
    let lanes = try run("motet", job.arguments("r"), environment: ["MOTET_LANES": "5"])
    #expect(lanes.status != 0 && lanes.errors.contains("MOTET_LANES=5"))
  }

  /// Too little memory is one line, of the plan or of who asks for it first.
  @Test(arguments: [200_000, 400_000, 600_000]) func memory(kilobytes: Int) throws {
    let motet = productsFolder.appendingPathComponent("motet").path
    let result = try RunningProcess(
      "/bin/sh",
      ["-c", "ulimit -v \(kilobytes); exec \"$@\"", "sh", motet] + job.arguments("small")
    ).wait()
    guard result.status != 0 else { return }
    #expect(result.status == 1, "\(result.status): \(result.errors)")
    let lines = result.errors.split(separator: "\n")
    #expect(lines.count == 1 && lines[0].hasPrefix("motet: "), "\(result.errors)")
  }

  /// Samples that are no longer those that were imported are embedded and measured by nobody.
  @Test func lostSamples() throws {
    #expect(try run("motet", job.arguments("run")).status == 0)
    let run = job.folder.path("run")
    let lost = job.folder.path("lost.h5")
    try FileManager.default.copyItem(atPath: job.folder.path("data.h5"), toPath: lost)
    do {
      let file = try HDF5File.open(lost, writable: true)
      try [UInt8](repeating: 0, count: 16 * 16 * 3).withUnsafeBufferPointer {
        try file.write("/test/image/pixels", rows: 3..<4, from: $0)
      }
    }
    let knn = ["--task", "knn", "--set", "modality=image", "--set", "k=5"]
    for command in [["evaluate", run, "--data", lost] + knn, ["embed", run, "--data", lost]] {
      let result = try TestSupport.run("motet", command)
      #expect(result.status == 1, "\(command)")
      #expect(
        result.errors.contains("\(lost): /test/image: its SHA-256 is not the one"),
        "\(result.errors)")
    }
    let told = try TestSupport.run("motet", ["data", "info", lost, "--verify"])
    #expect(told.status == 1 && told.errors.contains("/test/image: its SHA-256"), "\(told.errors)")
  }

  /// A client whose training runs away is left out where the job says so, and named.
  @Test func divergence() throws {
    let wild = try SmallJob(settings: ["training.rate=3"])
    let stopped = try run("motet", wild.arguments("stopped"))
    #expect(stopped.status == 1 && stopped.errors.contains("diverged"), "\(stopped.errors)")
    let skipped = try run(
      "motet", wild.arguments("skipped", "federation.on_divergence=skip"))
    #expect(hash(skipped) != nil, "\(skipped.errors)")
    #expect(skipped.errors.contains("left out client "), "\(skipped.errors)")
    #expect(
      skipped.errors.contains("diverged and were left out (clients "), "\(skipped.errors)")
    let file = try HDF5File.open(wild.folder.path("skipped/results.h5"))
    let count = try file.read("/left_out/client", as: Int64.self).count
    #expect(count > 0)
    let rounds = try file.read("/rounds/clients_left_out", as: Int64.self)
    #expect(rounds.reduce(0, +) == Int64(count))
  }

  /// An error before the first round reaches every rank, is said once, and hangs none.
  @Test func onRanks() throws {
    let result = try mpirun(3, "motet", job.arguments("r", "data.image=none.h5"))
    #expect(result.status != 0)
    #expect(result.errors.components(separatedBy: "none.h5").count == 2, "\(result.errors)")
    let many = try mpirun(9, "motet", job.arguments("r"))
    #expect(many.status != 0 && many.errors.contains("9 ranks"), "\(many.errors)")
  }
}
