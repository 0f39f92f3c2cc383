import Catalogues
import Encoders
import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing

/// Against timm's VisionTransformer in Float64 (Fixtures/vit.py). Tolerances: forward 1e-4,
/// gradients 1e-3, relative to each tensor's norm.
@Suite struct ViTTests {
  @Test(
    arguments: ["paper", "classtoken", "odd", "projector", "normed", "normedalone"],
    Engine.availableLanes)
  func equalsTimm(_ name: String, lanes: Int) throws {
    let file = try fixture(Bundle.module, "vit.h5")
    var settings: Tree = [
      "name": "vit", "class_token": .flag(try file.intAttribute("class_token", on: name) == 1),
      "hidden_norm": .flag(try file.intAttribute("hidden_norm", on: name) == 1),
      "projection_norm": .flag(try file.intAttribute("projection_norm", on: name) == 1),
    ]
    for key in [
      "input", "channels", "patch", "width", "depth", "heads", "mlp", "hidden", "hidden_layers",
      "projection",
    ] { settings[key] = .whole(Int(try file.intAttribute(key, on: name))) }
    let encoder = try encoders.make(settings)
    let batch = Int(try file.intAttribute("batch", on: name))
    let engine = try Engine(lanes: lanes)
    let parameters = ParameterVector(encoder.layout)
    setReferenceParameters(parameters)
    let side = encoder.inputSide
    let channels = try #require(encoder.inputChannels(of: "image"))
    let x = FeatureMap(
      engine.pool, images: batch, channels: channels, height: side, width: side, layout: .plain)
    _ = x.buffer.floats.update(
      from: channelsLast(
        noise(1000 << 32, batch * channels * side * side), images: batch, channels: channels,
        side: side))

    let (output, saved) = encoder.forward(
      x, of: "image", groups: 1, recompute: false, parameters, engine)
    let expected: [Float] = try file.read("\(name)/projection")
    #expect(relativeError(output.projection.floats, expected) < 1e-4)
    let slope = Matrix(engine.pool, rows: batch, columns: encoder.projectionCount)
    _ = slope.floats.update(from: noise(2000 << 32, slope.floats.count))
    let gradient = ParameterVector(encoder.layout)
    encoder.backward(EncoderGradient(projection: slope), saved, parameters, into: gradient, engine)
    #expect(try wrongGradients(gradient, file, name) == [])
    let features: [Float] = try file.read("\(name)/features")
    #expect(
      relativeError(encoder.infer(x, of: "image", parameters, engine).features.floats, features)
        < 1e-4)
  }

  /// "15 M" (FSSUAVL, table 2): blocks of 14.2 M, patches, positions, head.
  @Test func hasThePapersSize() throws {
    #expect(try encoders.make("vit").layout.trainableCount == 14_528_128)
  }

  @Test(
    arguments: [
      ["patch": 15], ["heads": 7], ["heads": 32], ["width": 100], ["mlp": 1000], ["depth": 0],
      ["projection": 100, "projection_norm": true],
    ] as [Tree])
  func refusesImpossibleOptions(_ options: Tree) throws {
    #expect(throws: (any Error).self) { try encoders.make(options.with(["name": "vit"])) }
  }
}
