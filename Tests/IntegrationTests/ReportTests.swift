import Foundation
import TestSupport
import Testing

/// `motet report`, which starts the Python package.
@Suite struct ReportTests {
  @Test func aPageOfAJobAndWhatCannotBe() throws {
    let job = try SmallJob(rounds: 1, encoder: SmallJob.vit)
    #expect(try mpirun(3, "motet", ["run", job.path]).status == 0)
    let page = job.folder.path("report.html")
    // The file of a job, the folder of its run, and one that holds that: the same page.
    var pages: Set<String> = []
    for path in [job.path, job.folder.path("runs/small"), job.folder.path("runs")] {
      let made = try run("motet", ["report", path, "--to", page])
      #expect(made.status == 0, "\(made.errors)")
      let text = try String(contentsOfFile: page, encoding: .utf8)
      for part in [
        "Samples of data.h5", "Clients and classes of small<", "Learning curves", ">small<",
        "Idle share by rank", ">rank 2<",
      ] { #expect(text.contains(part), "\(path) \(part)") }
      #expect(!text.contains("http://") && !text.contains("https://"))
      pages.insert(text.replacingOccurrences(of: "Motet: runs", with: "Motet: small"))
    }
    #expect(pages.count == 1)
    // Only the page is left.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: job.folder.path).filter {
        $0.hasPrefix("report") || $0.hasPrefix(".report")
      } == ["report.html"])
    for (arguments, environment, expected) in [
      ([job.folder.path("none"), "--to", page], [:], "there is no run here"),
      ([job.path, "--to", "page.pdf"], [:], "has to end with .html"),
      ([job.path, "--to", job.folder.path("none/page.html")], [:], "there is no folder"),
      (
        [job.path, "--to", page], ["PYTHON": "/bin/false", "PATH": "/none"],
        "no Python here has all of h5py"
      ),
    ] {
      let result = try run("motet", ["report"] + arguments, environment: environment)
      #expect(result.status != 0 && result.output.isEmpty, "\(arguments)")
      #expect(result.errors.contains(expected), "\(arguments) \(result.errors)")
    }
  }

  /// Of a sweep with many cuts of one kind one is shown; of one that has not begun no page is made.
  @Test func aSweepOfManySeeds() throws {
    let job = try SmallJob(rounds: 1, encoder: SmallJob.vit)
    let sweep = job.folder.write(
      "seeds.yaml", "base: small.yaml\nsweep: { seeds: [1, 2, 3, 4, 5] }\n")
    let page = job.folder.path("report.html")
    let none = try run("motet", ["report", sweep, "--to", page])
    #expect(none.status != 0 && none.errors.split(separator: "\n").count == 1)
    #expect(none.errors.contains("there is no run here"), "\(none.errors)")
    #expect(!FileManager.default.fileExists(atPath: page))

    let trained = try run("motet", ["sweep", "run", sweep])
    #expect(trained.status == 0, "\(trained.errors)")
    let made = try run("motet", ["report", job.folder.path("runs/seeds"), "--to", page])
    #expect(made.status == 0, "\(made.errors)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    for part in [
      "5 runs (5 finished)", "Samples of data.h5",
      "Clients and classes of seeds-1, the first of 5 such cuts",
    ] { #expect(text.contains(part), "\(part)") }
    #expect(text.components(separatedBy: "alt=\"Clients and classes").count == 2)
  }
}
