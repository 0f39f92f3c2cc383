import Foundation
import TestSupport
import Testing

/// `make install`, of a program that is built already.
@Suite struct InstallTests {
  @Test func whatIsInstalled() throws {
    let folder = TemporaryFolder()
    let motet = productsFolder.appendingPathComponent("motet").path
    let result = try RunningProcess(
      repository("packaging/install"), [motet, "/opt/motet", folder.path]
    ).wait()
    #expect(result.status == 0, "\(result.errors)")
    func text(_ path: String) -> String {
      let file = folder.path("opt/motet/\(path)")
      return (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    }
    #expect(FileManager.default.isExecutableFile(atPath: folder.path("opt/motet/bin/motet")))
    // A page for each command that the program has, of those below others too.
    #expect(text("share/man/man1/motet.1").contains("motet\\-submit(1)"))
    #expect(text("share/man/man1/motet-submit.1").contains("\\fB\\-\\-at\\-once\\fR"))
    #expect(text("share/man/man1/motet-data-import.1").contains(".SH NAME"))
    #expect(text("share/bash-completion/completions/motet").contains("submit"))
    #expect(text("share/zsh/site-functions/_motet").contains("submit"))
    #expect(text("share/fish/vendor_completions.d/motet.fish").contains("submit"))
    #expect(text("share/motet/analysis/motet_analysis/report.css").contains("body"))
    #expect(text("share/motet/jobs/demo.yaml").contains("name: demo"))
    let version = try #require(try run("motet", ["--version"]).lines.first).split(separator: " ")[1]
    let module = text("share/motet/modulefiles/motet/\(version).lua")
    #expect(module.contains("local prefix = \"/opt/motet\"") && !module.contains("@"))
  }
}
