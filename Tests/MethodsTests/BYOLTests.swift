import Catalogues
import Foundation
import HDF5
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// Against lightly's NegativeCosineSimilarity and PyTorch's layers (Fixtures/byol.py).
/// Tolerances: loss 1e-5 relative, gradients 1e-3 relative to their norm.
@Suite struct BYOLTests {
  @Test(arguments: ["n8d16h32", "n64d128h256"], Engine.availableLanes)
  func equalsLightly(_ name: String, lanes: Int) throws {
    let file = try fixture(Bundle.module, "byol.h5")
    let count = Int(try file.intAttribute("count", on: name))
    // The fixture has half of the sum of both directions.
    let trial = try MethodTrial(
      [
        "name": "byol", "hidden": .whole(Int(try file.intAttribute("hidden", on: name))),
        "scale": 0.5,
      ],
      samples: count, columns: Int(try file.intAttribute("dims", on: name)), Engine(lanes: lanes))
    let result = trial.loss()
    let expected: [Double] = try file.read("\(name)/loss")
    #expect(abs(result.loss - expected[0]) < 1e-5 * abs(expected[0]))
    for (key, rows) in [("du", 0..<count), ("dv", count..<2 * count)] {
      let reference: [Float] = try file.read("\(name)/\(key)")
      let stride = Int(try file.intAttribute("stride", on: "\(name)/\(key)"))
      let values = sampled(Array(result.projection[rows].floats), stride: stride)
      #expect(relativeError(values, reference) < 1e-3, "\(key)")
    }
    #expect(try wrongGradients(trial.gradient, file, name) == [])
    for entry in trial.parameters.layout.entries where !entry.trainable {
      let reference: [Float] = try file.read("\(name)/statistics/\(entry.name)")
      #expect(relativeError(trial.parameters[entry.range], reference) < 1e-4, "\(entry.name)")
    }
  }

  /// Predictions and targets of zeros, and a single sample, whose BatchNorm has nothing to compare:
  /// finite.
  @Test func extremes() throws {
    let engine = try Engine()
    let zeros = try MethodTrial(["name": "byol", "hidden": 32], samples: 4, columns: 8, engine)
    zeros.projection.floats.update(repeating: 0)
    zeros.target?.floats.update(repeating: 0)
    let alone = try MethodTrial(["name": "byol", "hidden": 32], samples: 1, columns: 8, engine)
    for trial in [zeros, alone] {
      let result = trial.loss()
      #expect(result.loss.isFinite && result.projection.floats.allSatisfy { $0.isFinite })
      #expect(trial.gradient.floats.allSatisfy { $0.isFinite })
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    func text(_ options: Tree, projection: Int = 128) -> String? {
      message {
        var method = try methods.make(options.with(["name": "byol"]))
        var layout = ParameterLayout()
        try method.extend(&layout, features: 512, projection: projection)
      }
    }
    #expect(text([:]) == nil)
    #expect(
      text(["hidden": 100])
        == "hidden: 100 is not a multiple of 32, as the predictor's BatchNorm needs; 128 is")
    #expect(
      text([:], projection: 1)
        == "BYOL compares directions, and a projection of 1 column has none; "
        + "raise encoder.projection")
    #expect(text(["hidden": 0]) == "hidden: 0 is outside 1 to 65536")
    #expect(text(["momentum": 1.5]) == "momentum: 1.5 is outside 0 to 1")
    #expect(
      text(["schedule": "cosinus"])
        == "schedule: unknown schedule 'cosinus' (did you mean 'cosine'?)")
  }
}
