import Catalogues
import Foundation
import HDF5
import Layers
import TestSupport
import Testing

/// Compares NT-Xent with a term added to it with a fixture (Fixtures/terms.py). Tolerances: loss
/// 1e-5, gradients 1e-3 relative to their norm.
/// - Parameters:
///   - term: its settings; `hidden` is the case's, where it has that option.
///   - temperature: of NT-Xent.
func expectSum(
  of term: Tree, _ name: String, temperature: Double = 0.5, hasHidden: Bool = false
) throws {
  let file = try fixture(Bundle.module, "\(term["name"]?.text ?? "").h5")
  let hidden = Int(try file.intAttribute("hidden", on: name))
  let term = hasHidden ? term.with(["hidden": .whole(hidden)]) : term
  let trial = try MethodTrial(
    ["name": "simclr", "temperature": .number(temperature), "add": [term]],
    samples: Int(try file.intAttribute("count", on: name)),
    columns: Int(try file.intAttribute("dims", on: name)), try Engine())
  let result = trial.loss()
  let expected: [Double] = try file.read("\(name)/loss")
  #expect(abs(result.loss - expected[0]) < 1e-5 * max(1, abs(expected[0])))
  #expect(try file.contains("\(name)/features") == (result.features != nil))
  for (key, rows) in [("projection", result.projection), ("features", result.features)] {
    guard let rows else { continue }
    let reference: [Float] = try file.read("\(name)/\(key)")
    let stride = Int(try file.intAttribute("stride", on: "\(name)/\(key)"))
    let values = sampled(Array(rows.floats), stride: stride)
    #expect(relativeError(values, reference) < 1e-3, "\(key)")
  }
  #expect(try wrongGradients(trial.gradient, file, name) == [])
}
