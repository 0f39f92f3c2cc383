import ArgumentParser
import Datasets
import Files
import Foundation
import HDF5
import Inspection

/// The sample store that a command writes.
struct StoreOutput: ParsableArguments {
  @Option(name: .customLong("to"), help: "The sample store to write (.h5).")
  var path: String
  @Flag(help: "Replace the store if it is there.")
  var overwrite = false

  /// Throws where the file is there and may not be replaced: before anything is computed. Nothing
  /// but a sample store ever is.
  func check() throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard !FileSystem.isFolder(path) else {
      throw StoreError(path, "is a folder; --to names a file, such as \(path)/store.h5")
    }
    guard overwrite else {
      throw StoreError(path, "already exists; give another name or --overwrite")
    }
    do { try SampleStore.format.verifyName(HDF5File.open(path)) } catch {
      throw StoreError(
        path,
        "is no sample store, and --overwrite replaces nothing else; give another name or move it "
          + "away")
    }
  }

  /// Prints what the store holds.
  func show() throws {
    for line in try describe(try SampleStore.open(path)) { Console.line(line) }
  }
}
