import Catalogues
import Datasets
import Downstream
import Encoders
import Federation
import Foundation
import Jobs
import Methods
import TestSupport
import Testing
import Training
import Views

/// Every option that a job, an import or an evaluation can name is explained, and `motet describe`
/// says so.
@Suite struct DescribeTests {
  /// A plug-in or a section, with what its options mean and the dotted keys that it has.
  struct Described: Sendable, CustomTestStringConvertible {
    let title: String
    let summary: String
    let meanings: [String: String]
    let keys: [String]

    var testDescription: String { title }
  }

  private static func plugIns<Product>(_ catalogue: Catalogue<Product>) -> [Described] {
    catalogue.entries.map { entry in
      let defaults = (try? entry.defaults()) ?? [:]
      return Described(
        title: "\(catalogue.kind) \(entry.name)", summary: entry.summary,
        meanings: entry.meanings, keys: defaults.leaves.keys.sorted())
    }
  }

  static let plugIns: [Described] =
    plugIns(modalities) + plugIns(encoders) + plugIns(methods) + plugIns(lossTerms)
    + plugIns(optimizers)
    + plugIns(rateSchedules) + plugIns(partitioners) + plugIns(aggregators)
    + plugIns(clientSchedules) + plugIns(evaluationTasks) + plugIns(importers)

  @Test(arguments: plugIns) func everyOptionIsExplained(_ plugIn: Described) {
    #expect(!plugIn.summary.isEmpty && !plugIn.meanings.values.contains(""))
    #expect(plugIn.meanings.keys.sorted() == plugIn.keys)
  }

  /// A section's keys: each has a line, or belongs to one that has, and no line is of another key.
  @Test func everySettingOfAJobIsExplained() throws {
    let job = try Job.defaults()
    for (section, meanings) in Job.meanings {
      let tree = section.isEmpty ? job.resolved : job.section(section)
      #expect(!meanings.values.contains(""))
      for leaf in tree.leaves.keys {
        let line = meanings.keys.first { leaf == $0 || leaf.hasPrefix("\($0).") }
        #expect(line != nil, "\(section) \(leaf)")
      }
      // By default there is an alpha in place of a partitioner.
      for key in meanings.keys where key != "partitioner" {
        let has = tree.leaves.keys.contains { $0 == key || $0.hasPrefix("\(key).") }
        #expect(has, "\(section) \(key)")
      }
    }
  }

  /// What is printed has them all, each option in a line that begins with its key and ends with
  /// what it means.
  @Test func describePrintsThemAll() throws {
    let result = try run("motet", ["describe"])
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.lines.map { $0.trimmingCharacters(in: .whitespaces) }
    let described = Self.plugIns.map(\.meanings) + Job.meanings.map(\.meanings)
    for (key, meaning) in described.flatMap({ $0 }) {
      let line = lines.first { $0.hasPrefix("\(key) ") && $0.hasSuffix("  \(meaning)") }
      #expect(line != nil, "\(key): \(meaning)")
    }
    for plugIn in Self.plugIns {
      #expect(lines.contains { $0.hasSuffix(": \(plugIn.summary)") }, "\(plugIn.title)")
    }
  }

  /// No catalogue of the sources is left out above.
  @Test func noCatalogueIsForgotten() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var count = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      count += text.components(separatedBy: " = Catalogue<").count - 1
    }
    let listed = Set(
      Self.plugIns.map { $0.title.split(separator: " ").dropLast().joined(separator: " ") })
    #expect(listed.count == count)
  }
}
