import Catalogues
import Layers
import Methods
import TestSupport
import Testing

/// Against PyTorch (Fixtures/feddecorr.py).
@Suite struct FedDecorrTests {
  @Test(arguments: ["n3d4", "n8d16", "n64d96"]) func equalsPyTorch(name: String) throws {
    try expectSum(of: ["name": "feddecorr"], name)
  }

  /// Of projections it is what it is of features that are the same.
  @Test func projectionsAreRowsLikeFeatures() throws {
    func loss(_ of: String, _ part: (MethodTrial, MethodLoss) -> [Float]) throws -> [Float] {
      let trial = try MethodTrial(
        ["name": "simclr", "add": [["name": "feddecorr", "weight": 3, "of": .text(of)]]],
        samples: 5, columns: 8, try Engine())
      _ = trial.features.floats.update(fromContentsOf: trial.projection.floats)
      return part(trial, trial.loss())
    }
    let plain = try MethodTrial("simclr", samples: 5, columns: 8, try Engine()).loss()
    let features = try loss("features") { Array($1.features!.floats) }
    let projection = try loss("projection") { Array($1.projection.floats) }
    let sum = zip(Array(plain.projection.floats), features).map(+)
    #expect(relativeError(projection, sum) < 1e-6)
  }

  /// A column that does not vary, and a single sample: finite.
  @Test(arguments: [1, 4]) func extremes(samples: Int) throws {
    let trial = try MethodTrial(
      ["name": "barlowtwins", "add": ["feddecorr"]], samples: samples, columns: 4, try Engine())
    trial.features.floats.update(repeating: 0.5)
    let result = trial.loss()
    #expect(result.features?.floats.allSatisfy { $0 == 0 } == true)
  }
}
