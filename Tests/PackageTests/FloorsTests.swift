import Foundation
import TestSupport
import Testing

/// Dependencies between targets run strictly downward, what a target's files import is what it
/// declares, and a C library has one owner.
@Suite struct FloorsTests {
  static let floors: [String: Int] = [
    "motet": 11,
    "Submission": 10,
    "Planning": 9, "Gathering": 9,
    "Sweeps": 8,
    "Downstream": 7,
    "Jobs": 6,
    "Federation": 5, "Evaluation": 5,
    "Training": 4, "Checkpoints": 4, "Inspection": 4,
    "Encoders": 3, "Methods": 3, "Datasets": 3,
    "Layers": 2, "Views": 2, "Files": 2,
    "Tensors": 1, "Kernels": 1, "Catalogues": 1, "MessagePassing": 1, "HDF5": 1, "Media": 1,
    "Digests": 1, "Machines": 1, "Spectra": 1, "LinearAlgebra": 1,
    "CMPI": 0, "CHDF5": 0, "CSndFile": 0, "CMPG123": 0, "CSoxr": 0, "CFFTW": 0,
    "CTurboJPEG": 0, "CSpng": 0, "CCrypto": 0, "CZlib": 0, "CBuild": 0,
  ]
  /// Of the lines of all targets, tests apart: more would be a catch-all.
  static let largestShare = 0.2

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  private struct Package: Decodable {
    struct Target: Decodable {
      let name: String
      let type: String
      let path: String?
      private let dependencies: [[String: [Name?]]]

      /// Names of targets, and of products of other packages.
      var needs: Set<String> {
        Set(dependencies.flatMap { $0.values.compactMap { $0[0]?.text } })
      }
      var isTest: Bool { type == "test" || name == "TestSupport" }

      /// Its files with an ending, as texts.
      func files(_ endings: String...) throws -> [String] {
        let folder = "\(root)/\(path ?? (type == "test" ? "Tests/\(name)" : "Sources/\(name)"))"
        return try FileManager.default.subpathsOfDirectory(atPath: folder)
          .filter { path in endings.contains { path.hasSuffix($0) } }
          .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
      }

      /// What its files import.
      var imports: Set<String> {
        get throws {
          Set(
            try files(".swift").flatMap { text in
              text.matches(of: /(?m)^\s*(?:@\w+ |public )*import (?:\w+ )?(\w+)/).map {
                String($0.1)
              }
            })
        }
      }
    }
    /// A dependency's name; what else stands beside it is skipped.
    struct Name: Decodable {
      let text: String?
      init(from decoder: any Decoder) throws {
        text = try? decoder.singleValueContainer().decode(String.self)
      }
    }
    let targets: [Target]
  }

  private func targets() throws -> [Package.Target] {
    let scratch = TemporaryFolder()
    let result = try RunningProcess(
      "/usr/bin/env",
      [
        "swift", "package", "--package-path", Self.root, "--scratch-path", scratch.path,
        "dump-package",
      ]
    ).wait()
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Package.self, from: Data(result.output.utf8)).targets
  }

  @Test func dependenciesRunDownward() throws {
    let targets = try targets().filter { !$0.isTest }
    #expect(targets.count > 20)
    var owners: [String: [String]] = [:]
    for target in targets {
      let floor = try #require(Self.floors[target.name], "\(target.name) has no floor")
      for dependency in target.needs {
        // Packages of others have no floor.
        guard let below = Self.floors[dependency] else { continue }
        #expect(below < floor, "\(target.name) depends on \(dependency)")
        if below == 0 { owners[dependency, default: []].append(target.name) }
      }
    }
    for (library, owners) in owners { #expect(owners.count == 1, "\(library): \(owners)") }
    #expect(owners.count == Self.floors.values.count { $0 == 0 })
    #expect(targets.count == Self.floors.count)
  }

  @Test func importsAreWhatIsDeclared() throws {
    let targets = try targets()
    // The system's modules are nobody's dependency.
    let known = Set(targets.map(\.name)).union(targets.flatMap(\.needs))
    let executables = Set(targets.filter { $0.type == "executable" }.map(\.name))
    for target in targets where target.type != "system" {
      let imports = try target.imports.intersection(known)
      // Tests start an executable, which cannot be imported.
      let declared = target.isTest ? target.needs.subtracting(executables) : target.needs
      #expect(
        imports.subtracting(declared).isEmpty,
        "\(target.name) does not declare \(imports.subtracting(declared).sorted())")
      // Every suite may use the tests' helpers, and need not.
      let unused = declared.subtracting(imports).subtracting(["TestSupport"])
      #expect(unused.isEmpty, "\(target.name) declares \(unused.sorted()) and imports none of it")
    }
  }

  @Test func noTargetIsACatchAll() throws {
    let lines = try targets().filter { !$0.isTest }.map { target in
      (
        target.name,
        try target.files(".swift", ".c", ".h", ".inc").reduce(0) { $0 + $1.count { $0 == "\n" } }
      )
    }
    let most = Self.largestShare * Double(lines.reduce(0) { $0 + $1.1 })
    for (name, count) in lines {
      #expect(Double(count) <= most, "\(name) has \(count) lines, more than \(Int(most))")
    }
  }
}
