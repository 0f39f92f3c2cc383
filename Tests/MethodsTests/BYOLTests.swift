import Catalogues
import Layers
import Methods
import Tensors
import TestSupport
import Testing

/// Against lightly's NegativeCosineSimilarity and PyTorch's layers (Fixtures/byol.py).
@Suite struct BYOLTests {
  /// The fixture has half of the sum of both directions.
  @Test(arguments: ["n8d16h32", "n64d128h256"], Engine.availableLanes)
  func equalsLightly(_ name: String, lanes: Int) throws {
    try expectPredictions(
      ["name": "byol", "scale": 0.5], equal: "byol.h5", name, Engine(lanes: lanes))
  }

  @Test func extremes() throws { try expectFinitePredictions(["name": "byol"]) }

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
