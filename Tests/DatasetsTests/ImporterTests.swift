import Catalogues
import Datasets
import Foundation
import Media
import TestSupport
import Testing

@Suite(.serialized) struct ImporterTests {
  /// The options of every importer survive a round trip, and typos are caught.
  @Test(arguments: importers.names)
  func optionsAreStrict(_ name: String) throws {
    _ = try importers.make(try importers.resolve(name))
    #expect(throws: ConfigurationError.self) {
      try importers.make(["name": .text(name), "no_such_option": 1])
    }
  }

  @Test(arguments: importers.names)
  func missingAndEmptyFoldersAreRefused(_ name: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/none"
      let orFile = try importers.make(name).takesFiles ? " or file" : ""
      #expect(refusal(["name": .text(name)], path) == "\(path): there is no such folder\(orFile)")
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
      let said = refusal(["name": .text(name)], path)
      // Debian has no pyarrow: then that is what is said.
      let isKnown = said.hasPrefix(path) || said.hasPrefix("motet data import \(name): no Python")
      #expect(isKnown && !said.contains("\n"), "\(said)")
    }
  }
}
