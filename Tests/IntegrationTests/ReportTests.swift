import Foundation
import TestSupport
import Testing

/// `motet report`, which starts the Python package.
@Suite struct ReportTests {
  @Test func aPageOfAJobAndWhatCannotBe() throws {
    let job = try SmallJob(rounds: 1, encoder: SmallJob.vit)
    #expect(try run("motet", ["run", job.path]).status == 0)
    let page = job.folder.path("report.html")
    let made = try run("motet", ["report", job.path, "--to", page])
    #expect(made.status == 0, "\(made.errors)")
    let text = try String(contentsOfFile: page, encoding: .utf8)
    for part in ["Samples of data.h5", "Clients and classes", "Learning curves", ">small<"] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("http://") && !text.contains("https://"))
    // Two jobs on one store: each has its own pictures.
    try FileManager.default.copyItem(atPath: job.path, toPath: job.folder.path("other.yaml"))
    let both = try run(
      "motet", ["report", job.path, job.folder.path("other.yaml"), "--to", page])
    #expect(both.status == 0, "\(both.errors)")
    let pictures = try String(contentsOfFile: page, encoding: .utf8)
      .components(separatedBy: "alt=\"Samples of data.h5, ")
    #expect(pictures.dropFirst().map { $0.prefix(5) } == ["small", "other"])
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
}
