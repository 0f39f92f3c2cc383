import Catalogues
import Foundation
import HDF5
import Layers
import Tensors
import TestSupport
import Testing

/// Compares a loss of predictions with a fixture's (Fixtures/predictor.py). Tolerances: loss 1e-5,
/// gradients 1e-3 relative to their norm.
func expectPredictions(
  _ method: Tree, equal fixtureName: String, _ name: String, _ engine: Engine
) throws {
  let file = try fixture(Bundle.module, fixtureName)
  let count = Int(try file.intAttribute("count", on: name))
  let trial = try MethodTrial(
    method.with(["hidden": .whole(Int(try file.intAttribute("hidden", on: name)))]),
    samples: count, columns: Int(try file.intAttribute("dims", on: name)), engine)
  let result = trial.loss()
  let expected: [Double] = try file.read("\(name)/loss")
  #expect(abs(result.loss - expected[0]) < 1e-5 * max(1, abs(expected[0])))
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
func expectFinitePredictions(_ method: Tree) throws {
  let engine = try Engine()
  let zeros = try MethodTrial(method.with(["hidden": 32]), samples: 4, columns: 8, engine)
  zeros.projection.floats.update(repeating: 0)
  zeros.target.floats.update(repeating: 0)
  let alone = try MethodTrial(method.with(["hidden": 32]), samples: 1, columns: 8, engine)
  for trial in [zeros, alone] {
    let result = trial.loss()
    #expect(result.loss.isFinite && result.projection.floats.allSatisfy { $0.isFinite })
    #expect(trial.gradient.floats.allSatisfy { $0.isFinite })
  }
}
