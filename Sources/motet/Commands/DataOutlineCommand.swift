import ArgumentParser
import Datasets
import Jobs

struct DataOutlineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outline",
    abstract: "Write a stand-in for a data set that is not here: all of its store but the samples.",
    discussion: """
      Classes, counts and sizes are those that its makers publish; what they leave open is assumed, \
      and 'motet data info' says so. It takes next to no space. Jobs and sweeps can be checked and \
      planned with it (describe, plan, sweep run --dry-run); whatever needs samples refuses it. \
      'motet data pair' of two outlines makes an outline.

      Importers with an outline: \(outlinedImporters().joined(separator: ", ")).

      'counted' is a data set of your own by its numbers, which --set gives:
      \(countedOutlineOptions.map { "  \($0)" }.joined(separator: "\n"))
      """)

  @Argument(help: "The importer, or counted.")
  var name: String
  @OptionGroup var output: StoreOutput
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("An option of the importer, such as size=128.", valueName: "key=value"))
  var settings: [String] = []

  func run() throws {
    var options = try Setting.tree(settings, example: "size=128")
    options["name"] = .text(name)
    try output.check()
    try writeOutline(options, to: output.path)
    try output.show()
  }
}
