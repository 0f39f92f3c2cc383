import Catalogues
import Encoders
import Layers
import Tensors
import TestSupport
import Testing

/// A network with norms of each modality's own is, for each modality, the network with shared norms
/// that has this modality's: the one that is held against torchvision.
@Suite struct NormSharingTests {
  private struct Network {
    let encoder: any Encoder
    let parameters: ParameterVector

    init(_ more: Tree) throws {
      let settings: Tree = [
        "name": "resnet18", "input": 32, "hidden": 32, "hidden_norm": true, "projection": 24,
      ]
      encoder = try encoders.make(settings.with(more))
      parameters = ParameterVector(encoder.layout)
      encoder.initialise(parameters, seed: 3)
    }

    /// Makes everything that one modality has differ from what others have.
    func scatter() {
      for (place, entry) in encoder.layout.entries.enumerated() where !entry.name.contains("conv") {
        let values = parameters[entry.range]
        for (i, value) in noise(UInt64(place) << 32, entry.count).enumerated() {
          values[i] += 0.2 * value
        }
      }
    }

    /// This network as one modality has it: with shared norms and stem.
    func view(of modality: String, stem: Tree) throws -> Network {
      let shared = try Network(stem)
      for entry in encoder.layout.entries where entry.modality ?? modality == modality {
        let place = try #require(shared.encoder.layout.entry(String(entry.plainName)))
        _ = shared.parameters[place.range].update(fromContentsOf: parameters[entry.range])
      }
      return shared
    }

    /// A training pass of two views there and back, then inference: outputs and the gradient.
    func pass(
      _ modality: String, _ engine: Engine
    ) -> (outputs: [[Float]], gradient: ParameterVector) {
      let x = encoder.makeViews(of: modality, count: 6, engine)
      _ = x.buffer.floats.update(from: noise(9 << 32, x.buffer.floats.count))
      let (output, saved) = encoder.forward(
        x, of: modality, groups: 2, recompute: modality == "audio", parameters, engine)
      let outputs = [Array(output.features.floats), Array(output.projection.floats)]
      let slope = Matrix(engine.pool, rows: 6, columns: 24)
      _ = slope.floats.update(from: noise(8 << 32, 6 * 24))
      let gradient = ParameterVector(encoder.layout)
      encoder.backward(
        EncoderGradient(projection: slope), saved, parameters, into: gradient, engine)
      let inferred = encoder.infer(x, of: modality, parameters, engine)
      return (
        outputs + [Array(inferred.features.floats), Array(inferred.projection.floats)], gradient
      )
    }
  }

  private static func norms(_ sharing: String, _ modalities: [String]) -> Tree {
    ["norms": .text(sharing), "norm_modalities": .texts(modalities)]
  }

  private static let stems: [Tree] = [
    ["stem": "small"], ["stem": "standard"],
  ]

  @Test(arguments: ["statistics", "own"], stems)
  func eachModalityHasANetworkOfItsOwn(sharing: String, stem: Tree) throws {
    let engine = try Engine()
    for ownStems in [false, true] {
      let inputs: [Tree] = ["image", "audio"].map { ["modality": .text($0), "channels": 3] }
      let more: Tree = ownStems ? ["stems": "own", "stem_inputs": .list(inputs)] : [:]
      for modality in ["image", "audio"] {
        let network = try Network(
          Self.norms(sharing, ["image", "audio"]).with(stem).with(more))
        network.scatter()
        let before = network.parameters.copy()
        let shared = try network.view(of: modality, stem: stem)
        let (found, gradient) = network.pass(modality, engine)
        let (expected, sharedGradient) = shared.pass(modality, engine)
        #expect(found == expected, "\(modality), stems of its own: \(ownStems)")
        for entry in network.encoder.layout.entries {
          let values = Array(network.parameters[entry.range])
          let slopes = Array(gradient[entry.range])
          if let owner = entry.modality, owner != modality {
            // Nothing of the other modality moves.
            #expect(values == Array(before[entry.range]) && slopes.allSatisfy { $0 == 0 })
          } else {
            let place = try #require(shared.encoder.layout.entry(String(entry.plainName)))
            #expect(values == Array(shared.parameters[place.range]), "\(entry.name)")
            #expect(slopes == Array(sharedGradient[place.range]), "\(entry.name)")
            if !entry.trainable { #expect(values != Array(before[entry.range])) }
          }
        }
      }
    }
  }

  /// With one modality alone every value is where the shared norms' is, and the same.
  @Test(arguments: ["statistics", "own"]) func oneModalityAloneHasThatOfAll(sharing: String) throws
  {
    let engine = try Engine()
    let own = try Network(Self.norms(sharing, ["image"]))
    let shared = try Network([:])
    #expect(bits(own.parameters) == bits(shared.parameters))
    let (found, expected) = (own.pass("image", engine), shared.pass("image", engine))
    #expect(found.outputs == expected.outputs)
    #expect(bits(found.gradient) == bits(expected.gradient))
    #expect(bits(own.parameters) == bits(shared.parameters))
    #expect(own.encoder.inputChannels(of: "audio") == nil)
  }

  @Test func namesSayWhoseTheyAre() throws {
    func names(_ sharing: String) throws -> Set<String> {
      Set(try Network(Self.norms(sharing, ["image", "audio"])).encoder.layout.entries.map(\.name))
    }
    let statistics = try names("statistics")
    #expect(statistics.isSuperset(of: ["bn1.weight", "norms.audio.layer2.0.bn1.running_mean"]))
    #expect(!statistics.contains("bn1.running_mean"))
    let own = try names("own")
    #expect(own.isSuperset(of: ["norms.image.bn1.weight", "norms.audio.fc.1.running_var"]))
    #expect(own.isDisjoint(with: ["bn1.weight", "norms.image.conv1.weight", "fc.1.bias"]))
  }
}
