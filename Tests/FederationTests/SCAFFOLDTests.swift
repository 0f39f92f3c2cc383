import Catalogues
import Federation
import Testing

/// Against NumPy (Fixtures/scaffold.py), through three rounds.
@Suite struct SCAFFOLDTests {
  @Test(arguments: [("plain", false, 1.0), ("weighted", true, 0.5)])
  func equalsNumPy(variant: String, weighted: Bool, rate: Double) throws {
    try FederationFixture("scaffold.h5").compare(
      variant, ["name": "scaffold", "weighted": .flag(weighted), "rate": .number(rate)],
      server: ["server": "control"], kept: ("control", trainable: true))
  }

  @Test func impossibleOptionsAreRefused() {
    #expect {
      try aggregators.make(["name": "scaffold", "rate": -1])
    } throws: { "\($0)" == "rate: -1.0 is not above 0" }
  }
}
