import Encoders
import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing

/// Against torchvision's resnet18 in Float64 (Fixtures/resnet18.py). Tolerances: forward 1e-4,
/// gradients 1e-3, relative to each tensor's norm.
@Suite struct ResNet18Tests {
  static let cases = ["standard128", "odd100", "odd75", "small32", "hidden", "twoviews"]

  @Test(arguments: cases, Engine.availableLanes)
  func equalsTorchvision(_ name: String, lanes: Int) throws {
    let file = try fixture(Bundle.module, "resnet18.h5")
    let side = Int(try file.intAttribute("input", on: name))
    let batch = Int(try file.intAttribute("batch", on: name))
    let views = Int(try file.intAttribute("views", on: name))
    let encoder = try encoders.make([
      "name": "resnet18", "input": .whole(side),
      "stem": .text(try file.textAttribute("stem", on: name)),
      "hidden": .whole(Int(try file.intAttribute("hidden", on: name))),
    ])
    let engine = try Engine(lanes: lanes)
    let parameters = ParameterVector(encoder.layout)
    setReferenceParameters(parameters)
    for stored in try file.names(in: "\(name)/parameters") {
      parameters.setTorchValues(
        try file.read("\(name)/parameters/\(stored)"), try #require(encoder.layout.entry(stored)))
    }

    let images = batch * views
    let x = FeatureMap(
      engine.pool, images: images, channels: 3, height: side, width: side, layout: .plain)
    for view in 0..<views {
      let values = noise(UInt64(1000 + view) << 32, batch * 3 * side * side)
      let plain = channelsLast(values, images: batch, channels: 3, side: side)
      _ = UnsafeMutableBufferPointer(rebasing: x.buffer.floats[(view * plain.count)...])
        .update(from: plain)
    }
    let (output, saved) = encoder.forward(
      x, of: "image", groups: views, recompute: false, parameters, engine)
    let expected: [Float] = try file.read("\(name)/projection")
    #expect(relativeError(output.projection.floats, expected) < 1e-4)

    let slope = Matrix(engine.pool, rows: images, columns: encoder.projectionCount)
    for view in 0..<views {
      let values = noise(UInt64(2000 + view) << 32, batch * encoder.projectionCount)
      _ = UnsafeMutableBufferPointer(rebasing: slope.floats[(view * values.count)...])
        .update(from: values)
    }
    let gradient = ParameterVector(encoder.layout)
    encoder.backward(EncoderGradient(projection: slope), saved, parameters, into: gradient, engine)
    #expect(try wrongGradients(gradient, file, name) == [])
    for entry in encoder.layout.entries where !entry.trainable {
      let reference: [Float] = try file.read("\(name)/statistics/\(entry.name)")
      #expect(relativeError(parameters[entry.range], reference) < 1e-4, "\(entry.name)")
    }
    let features: [Float] = try file.read("\(name)/features_eval")
    #expect(
      relativeError(encoder.infer(x, of: "image", parameters, engine).features.floats, features)
        < 1e-4)
  }

  @Test func hasTorchvisionsSize() throws {
    let encoder = try encoders.make("resnet18")
    #expect(encoder.layout.trainableCount == 11_242_176)
  }

  @Test func refusesImpossibleOptions() throws {
    #expect(throws: (any Error).self) { try encoders.make(["name": "resnet18", "stem": "smal"]) }
    #expect(throws: (any Error).self) { try encoders.make(["name": "resnet18", "input": 8]) }
    #expect(throws: (any Error).self) { try encoders.make(["name": "resnet81"]) }
  }
}
