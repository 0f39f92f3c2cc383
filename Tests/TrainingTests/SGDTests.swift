import Encoders
import Foundation
import HDF5
import Layers
import Methods
import Tensors
import TestSupport
import Testing
import Training

/// Against PyTorch's SGD in Float64 (Fixtures/sgd.py).
@Suite struct SGDTests {
  /// SGD alone, with a decay large enough to be seen.
  @Test func equalsPyTorchOnAVector() throws {
    let file = try fixture(Bundle.module, "sgd.h5")
    let size = Int(try file.intAttribute("size", on: "vector"))
    var layout = ParameterLayout()
    let trained = layout.add("weights", [size])
    let kept = layout.add("running", [5], trainable: false)
    let parameters = ParameterVector(layout)
    _ = parameters[trained].update(from: noise(6000 << 32, size))
    let gradient = ParameterVector(layout)
    gradient.floats.update(repeating: 1)
    let optimizer = try optimizers.make([
      "name": "sgd", "momentum": .number(try file.doubleAttribute("momentum", on: "vector")),
      "weight_decay": .number(try file.doubleAttribute("decay", on: "vector")),
    ])
    let state = [ParameterVector(layout)]
    let rate = Float(try file.doubleAttribute("rate", on: "vector"))
    let engine = try Engine()
    for step in 0..<Int(try file.intAttribute("steps", on: "vector")) {
      _ = gradient[trained].update(from: noise(UInt64(6001 + step) << 32, size))
      optimizer.step(parameters, gradient, state: state, number: step, rate: rate, engine)
    }
    let expected: [Float] = try file.read("vector/weights")
    #expect(relativeError(parameters[trained], expected) < 1e-6)
    #expect(parameters[kept].allSatisfy { $0 == 0 })
  }

  /// Three whole SimCLR steps of ResNet-18. Losses 1e-5 relative; each parameter's change 1e-3 of
  /// itself plus 1e-7 of the parameter, which is Float32's own rounding.
  @Test(arguments: Engine.availableLanes)
  func threeStepsEqualPyTorch(lanes: Int) throws {
    let file = try fixture(Bundle.module, "sgd.h5")
    let batch = Int(try file.intAttribute("batch", on: "network"))
    let side = Int(try file.intAttribute("input", on: "network"))
    let encoder = try encoders.make(["name": "resnet18", "input": .whole(side)])
    let engine = try Engine(lanes: lanes)
    let step = TrainingStep(
      try Model(encoder, methods.make("simclr")), modalities: ["image"],
      optimizer: try optimizers.make([
        "name": "sgd", "momentum": .number(try file.doubleAttribute("momentum", on: "network")),
        "weight_decay": .number(try file.doubleAttribute("decay", on: "network")),
      ]), engine)
    let parameters = ParameterVector(encoder.layout)
    setReferenceParameters(parameters)
    let initial = parameters.copy()
    let rate = try file.doubleAttribute("rate", on: "network")
    let losses: [Double] = try file.read("network/losses")
    for (index, expected) in losses.enumerated() {
      for name in try file.names(in: "network/parameters/\(index)") {
        parameters.setTorchValues(
          try file.read("network/parameters/\(index)/\(name)"),
          try #require(encoder.layout.entry(name)))
      }
      let views = FeatureMap(
        engine.pool, images: 2 * batch, channels: 3, height: side, width: side, layout: .plain)
      for view in 0..<2 {
        let values = noise(UInt64(3000 + 10 * index + view) << 32, batch * 3 * side * side)
        let plain = channelsLast(values, images: batch, channels: 3, side: side)
        (views.pointer + view * plain.count).update(from: plain, count: plain.count)
      }
      let loss = step.run(views, of: "image", parameters, rate: rate, of: 3)
      #expect(abs(loss - expected) < 1e-5 * expected)
    }
    for entry in encoder.layout.entries where entry.trainable {
      let path = "network/changes/\(entry.name)"
      let reference: [Float] = try file.read(path)
      let stride = Int(try file.intAttribute("stride", on: path))
      let now = sampled(parameters.torchValues(entry), stride: stride)
      let change = zip(now, sampled(initial.torchValues(entry), stride: stride)).map { $0 - $1 }
      let difference = norm(zip(change, reference).map { $0 - $1 })
      #expect(difference < 1e-3 * norm(reference) + 1e-7 * norm(now), "\(entry.name)")
    }
    for entry in encoder.layout.entries where !entry.trainable {
      let reference: [Float] = try file.read("network/statistics/\(entry.name)")
      #expect(relativeError(parameters[entry.range], reference) < 1e-4, "\(entry.name)")
    }
  }
}
