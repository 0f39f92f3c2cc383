import ArgumentParser
import Catalogues
import Datasets
import Foundation
import Jobs
import Machines
import Views

struct DataImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read a data set as its makers lay it out, and write a sample store.",
    discussion: "An import that was interrupted continues with the same command.\n\nImporters:\n"
      + importers.entries.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

  @Argument(help: "The importer.")
  var name: String
  @Option(help: "The folder with the data set.")
  var from: String
  @OptionGroup var output: StoreOutput
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("An option of the importer, such as split=source.", valueName: "key=value"))
  var settings: [String] = []
  @Option(help: "Side in pixels to which images are brought; the same as --set size=N.")
  var size: Int?
  @Flag(help: "Leave damaged files out, and count them.")
  var skipDamaged = false
  @Option(help: "At most so many samples of each class in each split.")
  var limit: Int?
  @Option(help: "Threads that decode; all cores if not given.")
  var threads = Machine().cores

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit \(limit): at least 1") }
  }

  func run() throws {
    var options = try Setting.tree(settings, example: "split=source")
    if let size { options["size"] = .whole(size) }
    options["name"] = .text(name)
    try output.check()
    let progress = ProgressLine("importing")
    let report = try importDataset(
      options, from: from, to: output.path,
      policy: ImportSink.Policy(
        skipDamaged: skipDamaged, limit: limit ?? 0, threads: threads),
      modality: { try modalities.make($0) }, progress: { progress.show($0, of: $1) })
    progress.finish()
    if report.continued > 0 {
      Console.complain("continued: \(counted(report.continued, "sample")) had been read before")
    }
    for message in report.damaged { Console.complain("skipped: \(message)") }
    for message in report.leftOut { Console.complain("left out: \(message)") }
    for message in report.remarks { Console.complain(message) }
    if let first = report.missing.first {
      Console.complain(
        "missing: \(counted(report.missing.count, "sample")) of the list, the first \(first)")
    }
    try output.show()
  }
}
