import ArgumentParser
import Datasets
import Inspection
import Media

struct DataInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what a sample store holds.")

  @Argument(help: "The sample store.")
  var file: String
  @Option(help: "Draw some samples of each class into this PNG file.")
  var contactSheet: String?
  @Option(help: "The split that the contact sheet shows.")
  var split = "train"
  @Flag(help: "Read every sample and compare with the checksums written at import.")
  var verify = false

  func run() throws {
    if let contactSheet { try Picture.requireReplaceable(contactSheet) }
    let store = try SampleStore.open(file)
    for line in try describe(store) { Console.line(line) }
    if verify {
      let unknown = try store.verify().joined(separator: ", ")
      Console.line(
        unknown.isEmpty
          ? "verified: all samples are as they were written"
          : "not verified: there are no checksums of \(unknown); all samples can be read")
    }
    if let contactSheet {
      try ContactSheet().draw(store, split: split).writePNG(contactSheet)
      Console.line("contact sheet: \(contactSheet)")
    }
  }
}
