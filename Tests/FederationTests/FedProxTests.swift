import Catalogues
import Federation
import Testing

/// Against NumPy (Fixtures/fedprox.py), through three rounds.
@Suite struct FedProxTests {
  @Test(arguments: [("small", 0.01), ("large", 1.0)])
  func equalsNumPy(variant: String, mu: Double) throws {
    try FederationFixture("fedprox.h5").compare(variant, ["name": "fedprox", "mu": .number(mu)])
  }

  @Test func withoutTheTermItCostsNothing() throws {
    #expect(try !aggregators.make(["name": "fedprox", "mu": 0]).correctsGradients)
  }

  @Test func impossibleOptionsAreRefused() {
    #expect {
      try aggregators.make(["name": "fedprox", "mu": -0.5])
    } throws: { "\($0)" == "mu: -0.5 is below 0" }
  }
}
