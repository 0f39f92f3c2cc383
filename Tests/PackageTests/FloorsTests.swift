import Foundation
import TestSupport
import Testing

/// Dependencies between targets run strictly downward, and a C library has one owner.
@Suite struct FloorsTests {
  static let floors: [String: Int] = [
    "motet": 7,
    "Experiments": 6,
    "Federation": 5, "Evaluation": 5,
    "Training": 4,
    "Encoders": 3, "Methods": 3, "Datasets": 3,
    "Layers": 2, "Views": 2,
    "Tensors": 1, "Kernels": 1, "Catalogues": 1, "MessagePassing": 1, "HDF5": 1, "Media": 1,
    "Digests": 1,
    "CMPI": 0, "CHDF5": 0, "CSndFile": 0, "CSoxr": 0,
    "CTurboJPEG": 0, "CSpng": 0, "CCrypto": 0, "CZlib": 0,
  ]

  private struct Package: Decodable {
    struct Target: Decodable {
      let name: String
      let type: String
      let dependencies: [[String: [Name?]]]
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
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let scratch = TemporaryFolder()
    let result = try RunningProcess(
      "/usr/bin/env",
      [
        "swift", "package", "--package-path", root, "--scratch-path", scratch.path,
        "dump-package",
      ]
    ).wait()
    #expect(result.status == 0, "\(result.errors)")
    let package = try JSONDecoder().decode(Package.self, from: Data(result.output.utf8))
    return package.targets.filter { $0.type != "test" && $0.name != "TestSupport" }
  }

  @Test func dependenciesRunDownward() throws {
    let targets = try targets()
    #expect(targets.count > 20)
    var owners: [String: [String]] = [:]
    for target in targets {
      let floor = try #require(Self.floors[target.name], "\(target.name) has no floor")
      for dependency in target.dependencies.flatMap({ $0.values.compactMap { $0[0]?.text } }) {
        // Packages of others have no floor.
        guard let below = Self.floors[dependency] else { continue }
        #expect(below < floor, "\(target.name) depends on \(dependency)")
        if below == 0 { owners[dependency, default: []].append(target.name) }
      }
    }
    for (library, owners) in owners { #expect(owners.count == 1, "\(library): \(owners)") }
    #expect(owners.count == Self.floors.values.count { $0 == 0 })
  }
}
