import Foundation
import Testing

@testable import Jobs

/// The job and sweep files that come with Motet.
@Suite struct JobFilesTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../jobs").standardizedFileURL
  static let files = FileManager.default.enumerator(atPath: folder.path)!
    .compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }.sorted()

  @Test func areThere() { #expect(Self.files.count > 20) }

  @Test(arguments: files) func canBeUsed(file: String) throws {
    let url = Self.folder.appendingPathComponent(file)
    let tree = try SettingsFile(url.path).tree
    guard tree["sweep"] != nil else {
      _ = try Job.load(url.path)
      return
    }
    let base = try #require(tree["base"])
    if let name = base.text {
      _ = try Job.load(url.deletingLastPathComponent().appendingPathComponent(name).path)
    } else {
      _ = try Job(path: url.path, base)
    }
    let evaluations = try #require(tree["evaluations"]?.list)
    #expect(evaluations.allSatisfy { $0["name"]?.text != nil && $0["data"]?.text != nil })
  }
}
