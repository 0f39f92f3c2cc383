import Catalogues
import Encoders
import Layers
import Methods
import Tensors
import TestSupport
import Testing
import Training

@Suite struct TrainingStepTests {
  /// Losses and the final parameters of three steps.
  private func train(
    _ settings: Tree, batch: Int, lanes: Int, threads: Int = 1,
    recompute: Bool = false
  ) throws -> ([Double], [UInt32]) {
    let engine = try Engine(lanes: lanes, threads: threads)
    let encoder = try encoders.make(settings)
    let step = TrainingStep(
      try Model(encoder, methods.make("simclr")), modalities: ["image"],
      optimizer: try optimizers.make("sgd"),
      settings: .init(recompute: recompute), engine)
    let parameters = ParameterVector(encoder.layout)
    encoder.initialise(parameters, seed: 7)
    let losses = (0..<3).map { index in
      let views = encoder.makeViews(of: "image", count: 2 * batch, engine)
      _ = views.buffer.floats.update(from: noise(UInt64(index) << 32, views.buffer.floats.count))
      return step.run(views, of: "image", parameters, rate: 0.03, of: 3)
    }
    return (losses, parameters.floats.map(\.bitPattern))
  }

  /// The same bits for every number of lanes with fused multiply-add and of threads, and with less
  /// saved, at sides that cut tiles, with an odd batch, both stems and both heads.
  @Test(
    arguments: [
      (["name": "resnet18", "input": 128], 3),
      (["name": "resnet18", "input": 75, "hidden": 96], 5),
      (["name": "resnet18", "input": 32, "stem": "small", "channels": 1, "projection": 20], 7),
      (["name": "vit", "depth": 2, "hidden_norm": true], 9),
      (["name": "vit", "input": 48, "depth": 1, "width": 96, "heads": 3, "class_token": true], 30),
    ] as [(Tree, Int)])
  func sameBitsForAllLanesAndThreads(settings: Tree, batch: Int) throws {
    let fused = try Engine.availableLanes.filter { try Engine(lanes: $0).kernels.fused == 1 }
    let (losses, bits) = try train(settings, batch: batch, lanes: fused.last ?? 4)
    for (threads, recompute) in [(2, false), (1, true), (3, true)] {
      let other = try train(
        settings, batch: batch, lanes: fused.last ?? 4, threads: threads, recompute: recompute)
      #expect(other.0 == losses, "\(threads) threads, recompute: \(recompute)")
      #expect(other.1 == bits, "\(threads) threads, recompute: \(recompute)")
    }
    for lanes in fused.dropLast() {
      let other = try train(settings, batch: batch, lanes: lanes)
      #expect(other.0 == losses, "\(lanes) lanes")
      #expect(other.1 == bits, "\(lanes) lanes")
    }
  }

  /// After the first step, steps ask the system for no memory.
  @Test(arguments: ["resnet18", "vit"], [1, 2])
  func noAllocationInSteadyState(name: String, threads: Int) throws {
    let engine = try Engine(threads: threads)
    let encoder = try encoders.make(["name": .text(name), "input": 64])
    let step = TrainingStep(
      try Model(encoder, methods.make("simclr")), modalities: ["image"],
      optimizer: try optimizers.make("sgd"), engine)
    let parameters = ParameterVector(encoder.layout)
    encoder.initialise(parameters, seed: 7)
    func run(_ batch: Int) {
      let views = FeatureMap(
        engine.pool, images: 2 * batch, channels: 3, height: 64, width: 64, layout: .plain)
      _ = views.buffer.floats.update(from: noise(1, views.buffer.floats.count))
      _ = step.run(views, of: "image", parameters, rate: 0.03, of: 3)
    }
    run(8)
    let growths = engine.growths
    // A smaller last batch included.
    for batch in [8, 8, 5, 8] { run(batch) }
    #expect(engine.growths == growths)
  }

  /// A few steps on one batch make the loss fall.
  @Test func learns() throws {
    let engine = try Engine()
    let encoder = try encoders.make(["name": "resnet18", "input": 32, "stem": "small"])
    let step = TrainingStep(
      try Model(encoder, methods.make("simclr")), modalities: ["image"],
      optimizer: try optimizers.make("sgd"), engine)
    let parameters = ParameterVector(encoder.layout)
    encoder.initialise(parameters, seed: 7)
    let samples = noise(1 << 32, 16 * 32 * 32 * 3)
    let losses = (0..<10).map { index in
      let views = FeatureMap(
        engine.pool, images: 32, channels: 3, height: 32, width: 32, layout: .plain)
      let other = noise(UInt64(index + 2) << 32, samples.count)
      let close = zip(samples, other).map { $0 + 0.3 * $1 }
      _ = views.buffer.floats.update(from: samples + close)
      return step.run(views, of: "image", parameters, rate: 0.03, of: 3)
    }
    #expect(losses.last! < losses[0] - 0.5)
  }
}
