import Catalogues
import Federation
import TestSupport
import Testing

/// Against NumPy (Fixtures/fedu.py), through three rounds.
@Suite struct FedUTests {
  @Test(arguments: [("always_own", 0.0), ("some", 2.5), ("never_own", 1e30)])
  func equalsNumPy(variant: String, threshold: Double) throws {
    try FederationFixture("fedu.h5").compare(
      variant, ["name": "fedu", "threshold": .number(threshold)],
      kept: ("target", trainable: false))
  }

  /// Where all clients take the global predictor, and the global model's target: federated
  /// averaging.
  @Test func withoutItsOwnPartsItIsFedAvg() throws {
    let fedAvg = try fourRounds(["name": "fedavg"])
    func fedU(_ threshold: Double, _ target: String) throws -> [UInt32] {
      try fourRounds(
        ["name": "fedu", "threshold": .number(threshold), "target": .text(target)])
    }
    #expect(try fedU(1e30, "global") == fedAvg)
    #expect(try fedU(0, "global") != fedAvg)
    #expect(try fedU(1e30, "own") != fedAvg)
  }

  @Test func whatTheMethodHasNotIsRefused() throws {
    let rule = try aggregators.make("fedu")
    let layout = ToyTrainer.target
    #expect(
      message { _ = try rule.channels(layout, target: layout) }
        == "fedu decides whose predictor a client has, and this method has none; "
        + "take method.name: byol")
    #expect(
      message { _ = try rule.channels(ToyTrainer.layout, target: nil) }
        == "target: with fedu each client has a target network of its own, and this method has "
        + "none; take method.name: byol, or target: global")
    #expect(message { _ = try aggregators.make(["name": "fedu", "threshold": -1]) } != nil)
  }
}

/// The bits of the model after four rounds of toys.
func fourRounds(_ aggregator: Tree) throws -> [UInt32] {
  let folder = TemporaryFolder()
  let federation = try makeToyFederation(
    aggregator: aggregator, states: .init(folder.path("clients")))
  for _ in 1...4 { _ = try federation.round() }
  return bits(federation.global)
}
