import ArgumentParser
import Datasets
import Views

struct DataSynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Make a procedural data set of images and sounds; nothing is downloaded.",
    discussion: """
      Classes are patterns in images and movements of pitch and loudness in sounds. Colour, light, \
      scale, position, pitch, level and noise vary at random, so that a random encoder hardly \
      tells classes apart, and learning can be seen.
      """)

  @OptionGroup var output: StoreOutput
  @Option(help: "Training images; a quarter as many for testing. 0: none.")
  var images = 2_000
  @Option(help: "Training sounds; a quarter as many for testing. 0: none.")
  var sounds = 2_000
  @Option(help: "Classes of each modality, 2 to \(SynthesisPlan.mostClasses).")
  var classes = 10
  @Option(help: "Side of the images in pixels.")
  var side = 48
  @Option(help: "Seed; the same seed gives the same data.")
  var seed: UInt64 = 1

  func run() throws {
    let plan = try SynthesisPlan(
      images: images, sounds: sounds, classes: classes, side: side, seed: seed)
    try output.check()
    let progress = ProgressLine("making samples")
    try synthesize(
      plan, to: output.path, modality: { try modalities.make($0) },
      progress: { progress.show($0, of: $1) })
    progress.finish()
    try output.show()
  }
}
