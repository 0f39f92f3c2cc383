import Foundation
import Testing

/// The table of libraries, and the recipes that name the same ones for others' package managers.
@Suite struct PackagesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  private static let spack = "packaging/spack/spack_repo/motet/packages"

  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
  }

  /// Rows of the table, by the names of its columns.
  private static func rows() throws -> [[String: String]] {
    let lines = try text("packaging/packages.tsv").split(separator: "\n")
    let head = try #require(lines.last { $0.hasPrefix("#") }).dropFirst(2).split(separator: "\t")
    return try lines.filter { !$0.hasPrefix("#") }.map { line in
      let fields = line.split(separator: "\t")
      try #require(fields.count == head.count, "\(line)")
      return Dictionary(uniqueKeysWithValues: zip(head.map(String.init), fields.map(String.init)))
    }
  }

  /// The version that the program says.
  private static func version() throws -> String {
    let source = try text("Sources/HDF5/MotetBuild.swift")
    return String(try #require(source.firstMatch(of: /static let version = "([^"]+)"/)).1)
  }

  /// Every library that the package links is in it, by the name that pkg-config has in Debian.
  @Test func everyLibraryIsInTheTable() throws {
    let package = try Self.text("Package.swift")
    let linked = package.matches(of: /system\("\w+", (?:Context[^,]*\?\? )?"([\w-]+)"/)
      .map { String($0.1) }
    let known = try Self.rows().map { $0["pkg-config"]!.prefix { $0 != "," } }.map(String.init)
    #expect(linked.count == 10)
    for name in linked { #expect(known.contains(name), "\(name)") }
  }

  /// What a recipe depends on is what the table has for it, no less and no more.
  @Test func recipesHaveTheTablesNames() throws {
    let rows = try Self.rows()
    func names(_ column: String) -> Set<String> { Set(rows.map { $0[column]! }).subtracting(["-"]) }
    let spack = try Self.text("\(Self.spack)/motet/package.py")
    let asked = spack.matches(of: /depends_on\("([\w-]+)|\[virtuals=mpi\] (\w+)"/).map {
      String($0.1 ?? $0.2!)
    }
    // Compilers, git and MPI's virtual name are Spack's own matter.
    let own: Set = ["c", "cxx", "swift-toolchain", "git", "mpi"]
    #expect(Set(asked).subtracting(own) == names("spack"))
    let version = try Self.version()
    let easybuild = try Self.text("packaging/easybuild/Motet-\(version)-foss-2025b.eb")
    let listed = easybuild.matches(of: /(?m)^    \('([\w-]+)', '/).map { String($0.1) }
    #expect(Set(listed).subtracting(["Swift"]) == names("easybuild").subtracting(["foss"]))
    #expect(easybuild.contains("{'name': 'foss', 'version': '2025b'}"))
  }

  /// Recipes are of this version, and of the versions of one another.
  @Test func recipesHaveTheVersion() throws {
    let version = try Self.version()
    #expect(try Self.text("\(Self.spack)/motet/package.py").contains("version(\"\(version)\")"))
    #expect(try Self.text("CITATION.cff").contains("\nversion: \(version)\n"))
    let folder = "packaging/easybuild"
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/\(folder)")
    let motet = try Self.text("\(folder)/Motet-\(version)-foss-2025b.eb")
    #expect(files.count == 4)
    for file in files {
      let recipe = try Self.text("\(folder)/\(file)")
      let name = try #require(recipe.firstMatch(of: /\nname = '(.+)'/)).1
      let own = try #require(recipe.firstMatch(of: /\nversion = '(.+)'/)).1
      #expect(file.hasPrefix("\(name)-\(own)-"), "\(file)")
      #expect(name == "Motet" || motet.contains("('\(name)', '\(own)'"), "\(file)")
    }
    let toolchain = try Self.text("\(Self.spack)/swift_toolchain/package.py")
    let swift = try #require(toolchain.firstMatch(of: /version\("(.+)"\)/)).1
    #expect(files.contains { $0.hasPrefix("Swift-\(swift)-") })
  }

  /// What is tried in a bare root is what containers do.
  @Test func containersTakeTheSameSteps() throws {
    for recipe in ["Dockerfile", "motet.def", "try-root"] {
      let text = try Self.text("packaging/\(recipe)")
      for stage in ["build", "final"] {
        #expect(text.contains("container.sh \(stage) /opt/motet"), "\(recipe): \(stage)")
      }
    }
  }
}
