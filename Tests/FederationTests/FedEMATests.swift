import Catalogues
import Federation
import TestSupport
import Testing

/// Against NumPy (Fixtures/fedema.py), through three rounds.
@Suite struct FedEMATests {
  private static let variants: [(String, Tree)] = [
    ("training", ["tau": 0.7, "distance": "training", "selective": false]),
    ("global", ["tau": 0.5, "distance": "global", "selective": false]),
    ("selective", ["tau": 0.7, "distance": "training", "selective": true]),
    ("fixed", ["scale": 0.125, "distance": "training", "selective": false]),
  ]

  @Test(arguments: variants)
  func equalsNumPy(variant: String, options: Tree) throws {
    try FederationFixture("fedema.h5").compare(
      variant, options.with(["name": "fedema"]), kept: ("online", trainable: false))
  }

  /// With τ = 0 clients begin with the global model, and with its target they are FedBYOL's.
  @Test func withoutItsAverageItIsFedAvg() throws {
    let fedAvg = try fourRounds(["name": "fedavg"])
    func fedEMA(_ tau: Double, _ target: String) throws -> [UInt32] {
      try fourRounds(["name": "fedema", "tau": .number(tau), "target": .text(target)])
    }
    #expect(try fedEMA(0, "global") == fedAvg)
    #expect(try fedEMA(0.7, "global") != fedAvg)
    // The target is a client's own.
    #expect(
      try fourRounds(["name": "fedema", "tau": 0, "selective": false])
        == fourRounds(["name": "fedu", "threshold": 1e30]))
  }

  @Test func whatTheMethodHasNotIsRefused() throws {
    let rule = try aggregators.make("fedema")
    #expect(
      message { _ = try rule.channels(ToyTrainer.layout, target: nil) }
        == "target: with fedema each client has a target network of its own, and this method has "
        + "none; take method.name: byol, or target: global")
    #expect(
      message { _ = try aggregators.make(["name": "fedema", "tau": 1.5]) }
        == "tau: 1.5 is outside 0 to 1")
  }
}
