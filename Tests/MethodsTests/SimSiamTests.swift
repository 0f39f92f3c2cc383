import Catalogues
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// Against lightly's NegativeCosineSimilarity and PyTorch's layers (Fixtures/simsiam.py).
@Suite struct SimSiamTests {
  @Test(arguments: ["n8d16h32", "n64d128h256"], Engine.availableLanes)
  func equalsLightly(_ name: String, lanes: Int) throws {
    try expectPredictions(["name": "simsiam"], equal: "simsiam.h5", name, Engine(lanes: lanes))
  }

  @Test func extremes() throws { try expectFinitePredictions(["name": "simsiam"]) }

  /// Without a second network it compares with its own projections.
  @Test func isItsOwnTarget() throws {
    let trial = try MethodTrial(
      ["name": "simsiam", "hidden": 32], samples: 5, columns: 8, Engine())
    let given = trial.loss()
    let own = trial.loss(target: nil)
    #expect(own.loss == given.loss)
    #expect(own.projection.floats.map(\.bitPattern) == given.projection.floats.map(\.bitPattern))
  }

  @Test func refusesWhatDoesNotFit() throws {
    func text(_ options: Tree, projection: Int = 128) -> String? {
      message {
        var method = try methods.make(options.with(["name": "simsiam"]))
        var layout = ParameterLayout()
        try method.extend(&layout, features: 512, projection: projection)
      }
    }
    #expect(text([:]) == nil)
    #expect(
      text(["hidden": 100])
        == "hidden: 100 is not a multiple of 32, as the predictor's BatchNorm needs; 128 is")
    #expect(text([:], projection: 1)?.hasPrefix("SimSiam compares directions") == true)
  }
}
