import ArgumentParser
import Catalogues
import Foundation
import Layers
import Planning
import Views

/// What one view costs, on one thread, with every option at its default.
struct BenchViewsCommand: BenchCase {
  static let configuration = CommandConfiguration(
    commandName: "views", abstract: "One view of an image, and of a sound, by source and preset.")

  @Option(help: "Side of the views.") var input = 128
  @Option(help: "Training views to measure; evaluation views take as many.") var views = 500
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard input > 0, views > 0 else { throw ValidationError("--input and --views are at least 1") }
  }

  private struct Case: Sendable {
    let name: String
    let settings: Tree
    let shape: [Int]
  }

  private static let cases =
    [32, 64, 128, 256].map { side in
      Case(name: "image \(side)x\(side)", settings: ["name": "image"], shape: [side, side, 3])
    }
    + [
      ("crop alone", 0.0, 0.0, 0.0), ("jitter always", 1, 0, 0), ("grey always", 0, 1, 0),
      ("blur always", 0, 0, 1),
    ].map { name, jitter, grey, blur in
      Case(
        name: "image 128x128, \(name)",
        settings: [
          "name": "image", "jitter": ["probability": .number(jitter)], "grey": .number(grey),
          "blur": ["probability": .number(blur)],
        ],
        shape: [128, 128, 3])
    }
    + ["crop", "spectral", "waveform", "recording"].map { preset in
      Case(
        name: "audio \(preset)", settings: ["name": "audio", "preset": .text(preset)],
        shape: [80_000])
    }

  func measure(_ say: (String) -> Void) throws -> Tree {
    let engine = try Engine(lanes: try Engine.lanesFromEnvironment())
    // What views may not hold up.
    let stepCase = try BenchStepCommand.parse(["--input", "\(input)", "--steps", "3"])
    let rate = try stepCase.measure { _ in }["views_per_second"]!.number!
    let step = 1e3 / rate
    var figures: Tree = [:]
    for item in Self.cases {
      let (training, evaluation) = try measure(item, engine)
      figures[item.name] = [
        "training_ms": .number(training), "evaluation_ms": .number(evaluation),
        "step_ms": .number(step),
      ]
      say(
        String(
          format:
            "%@: %.3f ms a training view (mean; %.1f %% of a ResNet-18 step's %.1f ms a view), "
            + "%.3f ms an evaluation view",
          item.name, training, 100 * training / step, step, evaluation))
    }
    return figures
  }

  /// Milliseconds a view.
  private func measure(_ item: Case, _ engine: Engine) throws -> (
    training: Double, evaluation: Double
  ) {
    let seconds = try ViewTimer(
      item.settings, sample: item.shape, shape: ViewShape(side: input, channels: 3),
      kernels: engine.kernels
    ).run(views: views)
    return (1e3 * seconds.training, 1e3 * seconds.evaluation)
  }
}
