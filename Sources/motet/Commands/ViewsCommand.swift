import ArgumentParser
import Catalogues
import Datasets
import Inspection
import Jobs
import Media
import Views

struct ViewsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "views",
    abstract: "Draw samples beside their views, so that a person can judge them.",
    discussion: "Modalities:\n"
      + modalities.entries.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

  @Argument(help: "The sample store.")
  var data: String
  @Option(help: "The PNG file to write.")
  var to: String
  @Option(name: .customLong("modality"), help: "A modality to draw; all of the store's if none.")
  var names: [String] = []
  @Option(help: "Samples of each modality.")
  var count = 8
  @Option(help: "Seed of the choice of samples and of their views.")
  var seed: UInt64 = 1
  @Option(help: "Side of the views in pixels.")
  var side = 128
  @Option(help: "The split to draw from.")
  var split = "train"
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "An option of a modality's views, such as audio.preset=waveform or image.blur.kernel=9.",
      valueName: "modality.key=value"))
  var settings: [String] = []

  func validate() throws {
    guard (1...1000).contains(count) else {
      throw ValidationError("--count \(count): from 1 to 1000")
    }
    guard (8...1024).contains(side) else { throw ValidationError("--side \(side): from 8 to 1024") }
  }

  func run() throws {
    try Picture.requireReplaceable(to)
    let store = try SampleStore.open(data)
    guard store.splits.contains(split) else {
      throw ValidationError(
        "--split \(split): the store has \(store.splits.joined(separator: ", "))")
    }
    let drawn = names.isEmpty ? store.modalities(in: split) : names
    let options = try Setting.tree(settings, example: "audio.preset=waveform")
    for name in options.keys where !drawn.contains(name) || options[name]?.mapping == nil {
      throw ValidationError(
        "--set \(name): expected MODALITY.KEY=VALUE with one of: \(drawn.joined(separator: ", "))")
    }
    let makers = try drawn.map { name in
      let own = (options[name] ?? [:]).with(["name": .text(name)])
      return try ConfigurationError.inside(name) {
        (name: name, modality: try modalities.make(own))
      }
    }
    let sheet = try ViewSheet(count: count, seed: seed, side: side)
      .draw(store, split: split, modalities: makers)
    try sheet.writePNG(to)
    Console.line("views: \(to)")
  }
}
