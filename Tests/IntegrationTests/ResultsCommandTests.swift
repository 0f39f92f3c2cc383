import Foundation
import TestSupport
import Testing

/// `motet results`, of a run that there is, and what cannot be asked for.
@Suite(.serialized) struct ResultsCommandTests {
  private func refusal(_ arguments: [String]) throws -> String {
    let result = try run("motet", ["results"] + arguments)
    #expect(result.status != 0 && result.output.isEmpty, "\(arguments) \(result.output)")
    return result.errors
  }

  @Test func tablesAndFoldersForTensorBoard() throws {
    let job = try SmallJob(encoder: SmallJob.vit)
    #expect(hash(try run("motet", job.arguments("run"))) != nil)
    let (one, folder) = (job.folder.path("run"), job.folder)
    let shown = try run("motet", ["results", one])
    #expect(shown.lines.first == "kNN accuracy, %" && shown.lines.count == 4, "\(shown.output)")

    let table = folder.path("run.csv")
    let written = try run("motet", ["results", one, "--to", table])
    #expect(written.lines == [table, folder.path("run-evaluations.csv")], "\(written.errors)")
    let text = try String(contentsOfFile: table, encoding: .utf8)
    #expect(text.hasPrefix("run,round,time,accuracy/audio,") && text.hasSuffix("\n"))
    #expect(
      text.split(separator: "\n").map { $0.prefix(6) } == ["run,ro", "run,0,", "run,1,", "run,2,"])
    let times = text.split(separator: "\n").suffix(2).compactMap {
      Double($0.split(separator: ",", omittingEmptySubsequences: false)[2])
    }
    #expect(times.count == 2 && times[0] < times[1] && times[1] < Date().timeIntervalSince1970)
    #expect(try refusal([one, "--to", table]).contains("already exists; give another name or"))
    try FileManager.default.removeItem(atPath: table)
    #expect(try refusal([one, "--to", table]).contains("run-evaluations.csv: already exists"))
    #expect(try run("motet", ["results", one, "--to", table, "--overwrite"]).status == 0)

    let events = folder.path("tb/run/events.out.tfevents.motet")
    for _ in 0..<2 {
      let made = try run("motet", ["results", one, "--to", folder.path("tb")])
      #expect(made.lines == [folder.path("tb/run")], "\(made.errors)")
    }
    #expect(FileManager.default.fileExists(atPath: events))

    // Two runs, one of them damaged: the other is written, and the end is not a good one.
    try FileManager.default.copyItem(atPath: one, toPath: folder.path("other"))
    folder.write("other/results.h5", "nothing")
    let both = try run(
      "motet", ["results", one, folder.path("other"), "--to", table, "--overwrite"])
    #expect(both.status != 0 && both.lines.count == 2)
    #expect(both.errors.hasPrefix("motet: \(folder.path("other"))/results.h5: "))
    #expect(both.errors.split(separator: "\n").count == 1, "\(both.errors)")
    #expect(try String(contentsOfFile: table, encoding: .utf8) == text)
    try FileManager.default.removeItem(atPath: table)
    let damaged = try refusal([folder.path("other"), "--to", table])
    #expect(damaged.split(separator: "\n").count == 1, "\(damaged)")
    #expect(!FileManager.default.fileExists(atPath: table))
    try FileManager.default.removeItem(atPath: folder.path("other/results.h5"))
    let waiting = try run(
      "motet", ["results", one, folder.path("other"), "--to", table, "--overwrite"])
    #expect(waiting.status == 0 && waiting.errors == "motet: 1 run has no results yet\n")
    #expect(try refusal([folder.path("other")]).contains("there are no results here yet"))
  }

  @Test func whatCannotBe() throws {
    let folder = TemporaryFolder()
    folder.write("file", "")
    folder.write("folder.csv/file", "")
    for (arguments, expected) in [
      ([folder.path("none")], "there is no run here"),
      ([folder.path], "there is no run here"),
      (["--to", "x.csv"], "Missing expected argument"),
      ([folder.path, "--to", "x.tsv"], "x.tsv: a name that ends with .csv is a table"),
      ([folder.path, "--to", ""], "a name that ends with .csv is a table"),
      (
        [folder.path, "--to", folder.path("folder.csv")], "is a folder; --to names a table, such as"
      ),
      ([folder.path, "--overwrite"], "--overwrite goes with --to"),
    ] {
      let errors = try refusal(arguments)
      #expect(errors.contains(expected), "\(arguments) \(errors)")
    }
    #expect(folder.names == ["file", "folder.csv"])
  }

  /// On a terminal the last lines are written anew in place; what scripts read is as ever.
  @Test func onATerminal() throws {
    let job = try SmallJob(encoder: SmallJob.vit)
    let motet = productsFolder.appendingPathComponent("motet").path
    let expected = try run("motet", job.arguments("file"))
    let command = ([motet] + job.arguments("terminal")).map { "'\($0)'" }.joined(separator: " ")
    for (term, isLive) in [("xterm", true), ("dumb", false)] {
      let end = "\(Int(Date().timeIntervalSince1970) + 100_000)"
      let result = try RunningProcess(
        "/usr/bin/env", ["script", "-qec", command, "/dev/null"],
        environment: ["TERM": term, "SLURM_JOB_END_TIME": end]
      ).wait()
      let lines = result.output.split(whereSeparator: \.isNewline).map(String.init)
      #expect(lines.last == hash(expected), "\(result.output)")
      #expect(lines.dropLast().last?.hasPrefix("performance: ") == true)
      #expect(result.output.contains("\u{1B}[4A\r\u{1B}[J") == isLive, "\(result.output)")
      #expect(result.output.contains("kNN data image  ") == isLive)
      #expect(lines.contains { $0.hasPrefix("round 2/2  ") || $0.contains("Jround 2/2  ") })
      #expect(result.output.contains("limit in 27:4"))
      try FileManager.default.removeItem(atPath: job.folder.path("terminal"))
    }
  }
}
