import Catalogues
import Federation
import Testing

/// Against NumPy (Fixtures/fedyogi.py), through three rounds.
@Suite struct FedYogiTests {
  @Test func equalsNumPy() throws {
    try FederationFixture("fedyogi.h5").compare(
      "fedyogi",
      ["name": "fedyogi", "beta1": 0.9, "beta2": 0.99, "tau": 1e-3, "rate": 0.1],
      server: ["first": "first", "second": "second"], tolerance: 5e-6)
  }

  @Test func impossibleOptionsAreRefused() {
    #expect {
      try aggregators.make(["name": "fedyogi", "beta2": 1])
    } throws: { "\($0)" == "beta2: 1.0 is not in 0 ..< 1" }
  }
}
