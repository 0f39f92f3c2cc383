import ArgumentParser
import Catalogues
import Datasets
import Foundation
import Views

struct DataImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read a data set as its makers lay it out, and write a sample store.",
    discussion: "An import that was interrupted continues with the same command.\n\nImporters:\n"
      + importers.entries.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

  @Argument(help: "The importer.")
  var name: String
  @Option(help: "The folder with the data set.")
  var from: String
  @Option(help: "The sample store to write (.h5).")
  var to: String
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("An option of the importer, such as split=source.", valueName: "key=value"))
  var settings: [String] = []
  @Option(help: "Side in pixels to which images are brought; the same as --set size=N.")
  var size: Int?
  @Flag(help: "Go on after a damaged file, and count it.")
  var skipDamaged = false
  @Option(help: "At most so many samples of each class in each split.")
  var limit: Int?
  @Option(help: "Threads that decode; all cores if not given.")
  var threads = ProcessInfo.processInfo.activeProcessorCount
  @Flag(help: "Replace the store if it is there.")
  var overwrite = false

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit \(limit): at least 1") }
  }

  func run() throws {
    var options = try parseSettings(settings)
    if let size { options["size"] = size }
    options["name"] = name
    try refuseExisting(to, overwrite: overwrite)
    let progress = ProgressLine("importing")
    let report = try importDataset(
      options, from: from, to: to,
      policy: ImportSink.Policy(
        skipDamaged: skipDamaged, limit: limit ?? 0, threads: threads),
      modality: { try modalities.make($0) }, progress: { progress.show($0, of: $1) })
    progress.finish()
    if report.continued > 0 {
      printError("continued: \(report.continued) samples had been read before")
    }
    for message in report.damaged { printError("skipped: \(message)") }
    if let first = report.missing.first {
      printError("missing: \(report.missing.count) samples of the list, the first \(first)")
    }
    for line in try describe(try SampleStore.open(to)) { print(line) }
  }
}

/// `key=value` texts as settings; values are read as JSON where they are that, else as texts.
func parseSettings(_ texts: [String]) throws -> [String: Any] {
  try texts.reduce(into: [:]) { settings, text in
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw ValidationError("--set \(text): expected key=value") }
    let json = try? JSONSerialization.jsonObject(
      with: Data(parts[1].utf8), options: .fragmentsAllowed)
    settings[parts[0]] = json ?? parts[1]
  }
}

/// Throws where the file is there and may not be replaced.
func refuseExisting(_ path: String, overwrite: Bool) throws {
  if !overwrite, FileManager.default.fileExists(atPath: path) {
    throw StoreError(path, "is there already; give another name or --overwrite")
  }
}
