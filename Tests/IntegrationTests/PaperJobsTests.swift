import Foundation
import TestSupport
import Testing

/// The paper's jobs at full size, on stand-in stores.
@Suite(.serialized) struct PaperJobsTests {
  /// A copy of jobs/paper beside the stores that it wants.
  nonisolated(unsafe) private static let folder: TemporaryFolder = {
    let folder = TemporaryFolder()
    folder.write("jobs/README", "")
    for name in ["paper", "compare"] {
      let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../jobs/\(name)").standardizedFileURL.path
      try! FileManager.default.copyItem(atPath: source, toPath: folder.path("jobs/\(name)"))
    }
    let made = try! RunningProcess(
      folder.path("jobs/paper/outline.sh"), [productsFolder.appendingPathComponent("motet").path]
    ).wait()
    precondition(made.status == 0, made.errors)
    atexit { try? FileManager.default.removeItem(atPath: PaperJobsTests.folder.path) }
    return folder
  }()

  static let sweeps =
    ["table2", "table3", "table4", "table5", "table6", "table7", "table8"]
    + ["figure2", "figure3", "figure4"]

  @Test(arguments: sweeps.map { "paper/\($0)" } + ["compare/cifar10"])
  func canBePlanned(name: String) throws {
    let path = Self.folder.path("jobs/\(name).yaml")
    let checked = try run("motet", ["sweep", "run", path, "--dry-run"])
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(try run("motet", ["describe", path]).output == checked.output)
    #expect(checked.lines.last?.hasPrefix("outlines without samples") == true)
  }

  /// What only stands in for data is not sent to a cluster.
  @Test func outlinesAreNotSubmitted() throws {
    let path = Self.folder.path("jobs/paper/table2.yaml")
    let scripts = try run("motet", ["submit", path, "--time", "10", "--print"])
    #expect(scripts.status != 0 && scripts.output.isEmpty)
    #expect(scripts.errors.contains("outline"), "\(scripts.errors)")
  }

  /// 100,000 images for all clients, 183,730 sounds for those that hear.
  @Test func countsAreThoseOfThePaper() throws {
    let path = Self.folder.path("jobs/paper/table2.yaml")
    let lines = try run("motet", ["describe", path]).lines
    #expect(lines[0].hasPrefix("sweep table2: 12 cells in "))
    #expect(lines[1] == "runs: 12, 12 of them to do")
    #expect(lines[2] == "clients: 100 a run, 10 a round; 6 cuts of the data")
    #expect(lines[3] == "samples: 100000 to 283730 a run")
    #expect(lines[4] == "rounds: 1200, with 12000 trainings of a client")
    #expect(lines[6].hasPrefix("evaluations: 72 (knn, knn, linear, linear, finetune, finetune "))
    // Every sample is in a tenth of the rounds, five times, with two views, but for chance.
    let views = try #require(lines[5].split(separator: " ").last.flatMap { Double($0) })
    let expected = Double(6 * 100 * (100_000 + 283_730))
    #expect(abs(views / expected - 1) < 0.1, "\(views) \(expected)")
  }

  @Test func wrongPlansAreRefused() throws {
    let table = Self.folder.path("jobs/paper/table2.yaml")
    let base = Self.folder.path("jobs/paper/base.yaml")
    for (arguments, expected) in [
      ([table, "--nodes", "0"], "--nodes 0 is outside 1 to 100000"),
      ([table, "--cores", "0"], "--cores 0 is outside 1 to 1024"),
      ([table, "--where", "label.arch=R-81"], "no cell has 'R-81'; there are: R-18, ViT"),
      ([base, "--where", "label.arch=R-18"], "this is a job"),
      ([base, "--speeds", base], "expected \"processor\" and \"seconds\""),
      (["none.yaml"], "there is no such file"),
    ] {
      let result = try run("motet", ["plan"] + arguments)
      #expect(result.status != 0 && result.output.isEmpty)
      #expect(result.errors.contains(expected), "\(result.errors)")
    }
  }

  /// The plan in docs/full-size.md, from the speeds that it was made with.
  @Test func theFullSizePlanIsThatOfTheDocument() throws {
    let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs").standardizedFileURL
    let result = try run(
      "motet",
      ["plan", Self.folder.path("jobs/paper/table2.yaml"), "--where", "label.arch=R-18"]
        + ["--cores", "64", "--nodes", "1", "--nodes", "4", "--nodes", "10"]
        + ["--speeds", docs.appendingPathComponent("full-size.json").path])
    let document = try String(
      contentsOf: docs.appendingPathComponent("full-size.md"), encoding: .utf8)
    // Memory depends on the vectors of the processor, and the second line names a path.
    let lines = result.lines.filter { !$0.contains("memory of pretraining") }
    #expect(lines.count > 60, "\(result.errors)")
    for line in lines.dropFirst(2) { #expect(document.contains(line), "\(line)") }
  }

  /// One line each, before anything is made.
  @Test func samplesAreRefused() throws {
    let table = Self.folder.path("jobs/paper/table2.yaml")
    let base = Self.folder.path("jobs/paper/base.yaml")
    let arguments = [
      ["sweep", "run", table], ["sweep", "cell", table, "1"], ["shard", base],
      ["shard", base, "--by-reference"],
      ["data", "info", Self.folder.path("data/fsdd.h5"), "--verify"],
    ]
    for arguments in arguments {
      let result = try run("motet", arguments)
      #expect(result.status != 0)
      let complaints = result.errors.split(separator: "\n")
      #expect(complaints.count == 1, "\(arguments) \(result.errors)")
      #expect(result.errors.contains("is an outline without samples"), "\(result.errors)")
    }
    #expect(!Self.folder.names.contains("shards"))
    #expect(try run("motet", ["run", base]).errors.contains("there are no shards"))
  }

  /// Evaluations and embeddings of a run that is there.
  @Test func evaluationsAreRefused() throws {
    let job = try SmallJob(rounds: 1, encoder: SmallJob.vit)
    #expect(try run("motet", job.arguments("run", "monitor.every=0")).status == 0)
    let store = Self.folder.path("data/cifar10.h5")
    for arguments in [
      ["evaluate", job.folder.path("run"), "--task", "knn", "--data", store],
      ["embed", job.folder.path("run"), "--data", store],
    ] {
      let result = try run("motet", arguments)
      #expect(result.status != 0 && result.errors.contains("is an outline without samples"))
    }
  }
}
