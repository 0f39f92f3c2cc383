import Catalogues
import Layers
import Methods
import TestSupport
import Testing

/// Against PyTorch (Fixtures/moon.py).
@Suite struct MOONTests {
  @Test(arguments: ["n3d4", "n8d16", "n64d96"]) func equalsPyTorch(name: String) throws {
    try expectSum(of: ["name": "moon", "weight": 2], name)
  }

  /// Where the client has no model of its own yet, nothing is added.
  @Test func theFirstRoundHasNoTerm() throws {
    let (engine, settings) = (try Engine(), ["name": "simclr", "add": ["moon"]] as Tree)
    let plain = try MethodTrial("simclr", samples: 4, columns: 8, engine).loss()
    let trial = try MethodTrial(settings, samples: 4, columns: 8, engine)
    let first = trial.loss(teachers: trial.teachers.filter { $0.key == .global })
    #expect(first.loss == plain.loss)
    #expect(first.projection.floats.elementsEqual(plain.projection.floats))
    #expect(trial.loss().loss != plain.loss)
  }

  /// Cosines far apart, at a small temperature: finite.
  @Test func extremes() throws {
    let trial = try MethodTrial(
      ["name": "simclr", "add": [["name": "moon", "temperature": 0.001]]], samples: 4, columns: 8,
      try Engine())
    _ = trial.teachers[.previous]?.floats.update(fromContentsOf: trial.projection.floats)
    let result = trial.loss()
    #expect(result.loss.isFinite && result.projection.floats.allSatisfy { $0.isFinite })
  }
}
