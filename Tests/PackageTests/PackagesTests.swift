import Foundation
import Testing

/// The table of libraries that `.ci/setup` installs.
@Suite struct PackagesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Every library that the package links is in it, by the name that pkg-config has in Debian.
  @Test func everyLibraryIsInTheTable() throws {
    let package = try String(contentsOfFile: "\(Self.root)/Package.swift", encoding: .utf8)
    let linked = package.matches(of: /system\("\w+", (?:Context[^,]*\?\? )?"([\w-]+)"/)
      .map { String($0.1) }
    let rows = try String(
      contentsOfFile: "\(Self.root)/packaging/packages.tsv", encoding: .utf8
    ).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: "\t") }
    #expect(rows.allSatisfy { $0.count == 4 })
    let known = rows.map { String($0[1].prefix { $0 != "," }) }
    #expect(linked.count == 10)
    for name in linked { #expect(known.contains(name), "\(name)") }
  }
}
