import Catalogues
import Layers
import Methods
import TestSupport
import Testing

/// Against PyTorch (Fixtures/fedx.py).
@Suite struct FedXTests {
  @Test(arguments: ["n3d4", "n8d16", "n64d96"]) func equalsPyTorch(name: String) throws {
    try expectSum(of: ["name": "fedx"], name, temperature: 0.1, hasHidden: true)
  }

  /// Views of other samples are the term's alone: the method that it is added to does not see them.
  @Test func theMethodSeesItsOwnRows() throws {
    let engine = try Engine()
    let plain = try MethodTrial("byol", samples: 4, columns: 32, engine).loss()
    let trial = try MethodTrial(
      ["name": "byol", "add": [["name": "fedx", "weight": 0]]], samples: 4, columns: 32, engine)
    #expect(trial.projection.rows == 12)
    let result = trial.loss()
    #expect(result.loss == plain.loss)
    #expect(result.projection[0..<8].floats.elementsEqual(plain.projection.floats))
    #expect(result.projection[8..<12].floats.allSatisfy { $0 == 0 })
  }

  /// Zeros, and relations at a small temperature: finite.
  @Test func extremes() throws {
    let trial = try MethodTrial(
      ["name": "simclr", "add": [["name": "fedx", "relation_temperature": 0.001]]], samples: 4,
      columns: 8, try Engine())
    for isZero in [false, true] {
      if isZero { trial.projection.floats.update(repeating: 0) }
      let result = trial.loss()
      #expect(result.loss.isFinite && result.projection.floats.allSatisfy { $0.isFinite })
      #expect(trial.gradient.floats.allSatisfy { $0.isFinite })
    }
  }
}
