import ArgumentParser
import Catalogues
import Encoders
import Foundation
import Jobs
import Layers
import Machines
import Methods
import Training

/// A whole training step without augmentation.
struct BenchStepCommand: BenchCase {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "One self-supervised training step: views of a batch, gradient, optimizer.")

  static let table = [[], ["--encoder", "vit"]]

  @Option(help: "resnet18 or another encoder, with its options at their defaults.")
  var encoder = "resnet18"
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "A setting of a job: encoder.stem=small, method=byol, training.optimizer=lars.",
      valueName: "key=value"))
  var settings: [String] = []
  @Option(help: "Samples in a batch; each gives the method's views.") var batch = 32
  @Option(help: "Side of the input.") var input = 128
  @Option(help: "Threads.") var threads = 1
  @Option(help: "Steps to measure.") var steps = 5
  @Option(help: "Steps before, not counted.") var warmup = 1
  @Flag(help: "Save less, and make it again in the backward pass.") var recompute = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard batch > 0, steps > 0, threads > 0, warmup >= 0 else {
      throw ValidationError("--batch, --steps and --threads are at least 1, --warmup at least 0")
    }
  }

  func measure(_ say: (String) -> Void) throws -> Tree {
    let engine = try Engine(lanes: Engine.lanesFromEnvironment(), threads: threads)
    let job = try job()
    let (encoder, method) = (job.model.encoder, job.model.method)
    let timer = StepTimer(
      job.model, modalities: ["image"], optimizer: job.optimizer, batch: batch,
      settings: job.training.step, engine)

    let peakBefore = Limits.peak(engine)
    var times: [Double] = []
    for index in 0..<warmup + steps {
      let seconds = timer.run()
      if index >= warmup { times.append(seconds) }
    }
    let peak = max(peakBefore, Limits.peak(engine)) * Double(threads)
    times.sort()
    let median = times[times.count / 2]
    let views = method.rowsPerSample
    let rate = Double(views * batch) / median
    let speed = 3 * encoder.forwardOperations * rate
    say(
      String(
        format: "%@, %d lanes: %@, %.1f ms a step of %d x %d views (%.1f to %.1f), %.1f views/s, "
          + "%.0f GFLOP/s by direct convolution (%.0f %% of %.0f), at most %.0f MiB",
        engine.instructionSet, engine.lanes, job.section("encoder")["name"]?.text ?? "",
        median * 1e3, views, batch,
        times[0] * 1e3,
        times[times.count - 1] * 1e3, rate, speed * 1e-9, 100 * speed / peak, peak * 1e-9,
        Double(peakResidentBytes()) / 1_048_576))
    return [
      "encoder": job.section("encoder"), "method": job.section("method"), "batch": .whole(batch),
      "input": .whole(input),
      "lanes": .whole(engine.lanes), "threads": .whole(threads), "recompute": .flag(recompute),
      "instruction_set": .text(engine.instructionSet), "milliseconds": .number(median * 1e3),
      "milliseconds_min": .number(times[0] * 1e3),
      "milliseconds_max": .number(times[times.count - 1] * 1e3),
      "views_per_second": .number(rate), "gflops_direct": .number(speed * 1e-9),
      "gflops_peak": .number(peak * 1e-9), "peak_rss_bytes": .whole(peakResidentBytes()),
    ]
  }

  /// A job of images with these settings.
  private func job() throws -> Job {
    let root: Tree = [
      "data": ["image": "image.h5"],
      "encoder": ["name": .text(encoder), "input": .whole(input)],
      "training": ["recompute": .flag(recompute)],
    ]
    return try Job(path: "bench", Setting.tree(settings, example: "encoder.stem=small", in: root))
  }
}
