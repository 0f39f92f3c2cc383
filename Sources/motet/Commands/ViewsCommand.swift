import ArgumentParser
import Catalogues
import Datasets
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
    let store = try SampleStore.open(data)
    guard store.splits.contains(split) else {
      throw ValidationError(
        "--split \(split): the store has \(store.splits.joined(separator: ", "))")
    }
    let drawn = names.isEmpty ? store.modalities(in: split) : names
    var options = Dictionary(drawn.map { ($0, [String: Any]()) }) { first, _ in first }
    for (key, value) in try parseSettings(settings) {
      let path = key.split(separator: ".").map(String.init)
      guard path.count > 1, let known = options[path[0]] else {
        throw ValidationError(
          "--set \(key): expected MODALITY.KEY=VALUE with one of: \(drawn.joined(separator: ", "))")
      }
      options[path[0]] = setting(path.dropFirst(), to: value, in: known)
    }
    let makers = try drawn.map { name in
      do {
        return (
          name: name,
          modality: try modalities.make(options[name]!.merging(["name": name]) { _, name in name })
        )
      } catch let error as ConfigurationError {
        throw error.inside(name)
      }
    }
    let sheet = try ViewSheet(count: count, seed: seed, side: side)
      .draw(store, split: split, modalities: makers)
    try sheet.writePNG(to)
    print("views: \(to)")
  }

  /// `settings` with the value at a path of keys replaced, the mappings on the way made.
  private func setting(
    _ path: ArraySlice<String>, to value: Any, in settings: [String: Any]
  ) -> [String: Any] {
    guard let key = path.first else { return settings }
    var changed = settings
    changed[key] =
      path.count == 1
      ? value : setting(path.dropFirst(), to: value, in: settings[key] as? [String: Any] ?? [:])
    return changed
  }
}
