import Foundation
import TestSupport
import Testing

/// What a run says of what a person may not have meant.
@Suite(.serialized) struct CourtesyTests {
  /// More ranks than a round has clients: what can be raised is named, and what cannot is not.
  @Test func moreRanksThanClients() throws {
    let job = try SmallJob(clients: 2, encoder: SmallJob.vit)
    let all = try mpirun(4, "motet", job.arguments("all", "federation.participation=100%"))
    #expect(
      all.errors.contains(
        "4 ranks are 3 workers, but a round trains 2 clients of 2; start at most 3 ranks, or more "
          + "clients"), "\(all.errors)")
    #expect(!all.errors.contains("participation"), "\(all.errors)")
    let half = try mpirun(3, "motet", job.arguments("half"))
    #expect(
      half.errors.contains(
        "a round trains 1 client of 2; start at most 2 ranks or raise federation.participation"),
      "\(half.errors)")
  }

  /// A run in which nobody trains says so before (`describe`, `shard`) and at its end.
  @Test func nobodyTrains() throws {
    let job = try SmallJob(
      encoder: SmallJob.vit, settings: ["training.batch=512", "training.smallest_batch=512"])
    let result = try run("motet", job.arguments("idle"))
    #expect(result.status == 0 && hash(result) != nil, "\(result.errors)")
    let warning = "motet: nobody trained a step in 2 rounds, and the model is the one that the run "
    #expect(result.errors.contains(warning), "\(result.errors)")
    // Said once more where the run is asked for once more, and on several ranks by one.
    let again = try mpirun(3, "motet", job.arguments("idle"))
    #expect(again.errors.components(separatedBy: warning).count == 2, "\(again.errors)")
    for command in [["describe", job.path], ["shard", job.path, "--overwrite"]] {
      let told = try run(
        "motet",
        command + ["--set", "training.batch=512", "--set", "training.smallest_batch=512"])
      #expect(told.errors.contains("no client has samples enough for a batch"), "\(told.errors)")
    }
    let usual = try run("motet", job.arguments("usual", "training.smallest_batch=2"))
    #expect(!usual.errors.contains("nobody trained"), "\(usual.errors)")
  }

  /// An error names the file, the line and the entry that it is in.
  @Test func evaluationsOfAFile() throws {
    let job = try SmallJob(encoder: SmallJob.vit)
    #expect(hash(try run("motet", job.arguments("run"))) != nil)
    let head = "- { name: knn, data: data.h5, modality: image }\n"
    for (entry, place, problem) in [
      ("- { name: knn, data: data.h5 }", ":2: evaluations[1], knn: ", "modality"),
      ("- { name: knn, data: none.h5, modality: image }", ":2: evaluations[1], knn: ", "none.h5"),
      (
        "- { name: knn, data: data.h5, modality: image, test: tset }",
        ":2: evaluations[1], knn: ", "tset"
      ),
      ("- name: knn\n  data: data.h5\n  k: 0", ":4: evaluations[1].k: ", "outside"),
      ("- { name: kn, data: data.h5 }", ":2: evaluations[1].name: ", "did you mean 'knn'?"),
      ("- { data: data.h5 }", ":2: evaluations[1].name: ", "missing"),
    ] {
      let file = job.folder.write("evaluations.yaml", head + entry + "\n")
      let result = try run("motet", ["evaluate", job.folder.path("run"), "--file", file])
      #expect(result.status != 0 && result.output.isEmpty, "\(entry)")
      #expect(result.errors.hasPrefix("motet: \(file)\(place)"), "\(result.errors)")
      #expect(result.errors.contains(problem), "\(result.errors)")
    }
  }

  /// Sounds that are seen under other options than the import's: the same model on any ranks and
  /// threads, by statistics that are computed once more.
  @Test func statisticsOfOtherViews() throws {
    let views = ["views.audio.seconds=0.5", "views.audio.bins=64"]
    let job = try SmallJob(encoder: SmallJob.vit, settings: views)
    let alone = try run("motet", job.arguments("alone"))
    let expected = try #require(hash(alone), "\(alone.errors)")
    let note = "computing the statistics of audio once more, for {"
    #expect(alone.errors.components(separatedBy: note).count == 2, "\(alone.errors)")
    for ranks in [2, 3] {
      let result = try mpirun(ranks, "motet", job.arguments("\(ranks)"))
      #expect(hash(result) == expected, "\(result.errors)")
      #expect(result.errors.components(separatedBy: note).count == 2, "\(result.errors)")
    }
    let threads = try run("motet", job.arguments("threads", "training.threads=2"))
    #expect(hash(threads) == expected, "\(threads.errors)")
    let half = try run("motet", job.arguments("half", "federation.rounds=1"))
    #expect(half.status == 0, "\(half.errors)")
    #expect(hash(try run("motet", job.arguments("half"))) == expected)
    // Its evaluations see sounds in the same way.
    for ranks in [1, 3] {
      let result = try mpirun(
        ranks, "motet",
        [
          "evaluate", job.folder.path(ranks == 1 ? "alone" : "2"), "--task", "knn", "--data",
          job.folder.path("data.h5"), "--set", "modality=audio", "--set", "k=5",
        ])
      #expect(result.status == 0, "\(result.errors)")
    }
    let usual = try SmallJob(encoder: SmallJob.vit)
    let plain = try run("motet", usual.arguments("plain"))
    #expect(hash(plain) != nil && !plain.errors.contains(note), "\(plain.errors)")
  }

  /// results.h5 without its seal: the run goes on, to the same bits, and seals it again.
  @Test func resultsWithoutASeal() throws {
    let job = try SmallJob(rounds: 3, encoder: SmallJob.vit)
    let expected = hash(try run("motet", job.arguments("whole")))
    #expect(try run("motet", job.arguments("run", "federation.rounds=2")).status == 0)
    let url = URL(fileURLWithPath: job.folder.path("run/results.h5"))
    try Data(contentsOf: url).dropLast(78).write(to: url)
    let shown = try run("motet", ["results", job.folder.path("run")])
    #expect(shown.status == 0 && shown.errors.contains("its seal is missing"), "\(shown.errors)")
    let continued = try run("motet", job.arguments("run"))
    #expect(hash(continued) == expected, "\(continued.errors)")
    #expect(continued.errors.contains("run/results.h5: its seal is missing"), "\(continued.errors)")
    let sealed = try run("motet", ["results", job.folder.path("run")])
    #expect(sealed.status == 0 && sealed.errors.isEmpty, "\(sealed.errors)")
    // A checkpoint's content is not proven without: the one before it is gone on from.
    let checkpoint = URL(fileURLWithPath: job.folder.path("run/checkpoint-000003.h5"))
    try Data(contentsOf: checkpoint).dropLast(78).write(to: checkpoint)
    let repeated = try run("motet", job.arguments("run"))
    #expect(hash(repeated) == expected, "\(repeated.errors)")
    #expect(repeated.errors.contains("going on from round 2"), "\(repeated.errors)")
  }
}
