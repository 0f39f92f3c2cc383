import ArgumentParser
import Datasets
import Foundation
import Inspection

/// The sample store that a command writes.
struct StoreOutput: ParsableArguments {
  @Option(name: .customLong("to"), help: "The sample store to write (.h5).")
  var path: String
  @Flag(help: "Replace the store if it is there.")
  var overwrite = false

  /// Throws where the file is there and may not be replaced: before anything is computed.
  func check() throws {
    if !overwrite, FileManager.default.fileExists(atPath: path) {
      throw StoreError(path, "already exists; give another name or --overwrite")
    }
  }

  /// Prints what the store holds.
  func show() throws {
    for line in try describe(try SampleStore.open(path)) { Console.line(line) }
  }
}
