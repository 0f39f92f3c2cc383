import Checkpoints
import Federation
import MessagePassing
import TestSupport
import Testing

/// How far clients go apart, against NumPy (Fixtures/drift.py).
@Suite struct DriftTests {
  @Test func equalsNumPy() throws {
    try FederationFixture("drift.h5").compareDrift(layers: ["conv1", "bn1", "predictor"])
  }

  /// Measuring moves no bit, and where nobody trains there is nothing to measure.
  @Test func measuringMovesNothing() throws {
    let (plain, measured) = (try makeToyFederation(), try makeToyFederation(measuresDrift: true))
    for _ in 1...3 {
      let (a, b) = (try plain.round(), try measured.round())
      #expect(a?.drift.isEmpty == true && b?.drift.isEmpty == false)
    }
    #expect(bits(plain.global) == bits(measured.global))
    let idle = try makeToyFederation(trainer: IdleTrainer(), measuresDrift: true)
    #expect(try idle.round()?.drift.isEmpty == true)
  }
}
