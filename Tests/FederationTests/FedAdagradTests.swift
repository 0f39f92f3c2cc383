import Catalogues
import Federation
import Testing

/// Against NumPy (Fixtures/fedadagrad.py), through three rounds.
@Suite struct FedAdagradTests {
  @Test func equalsNumPy() throws {
    try FederationFixture("fedadagrad.h5").compare(
      "fedadagrad", ["name": "fedadagrad", "beta1": 0.5, "tau": 1e-3, "rate": 0.1],
      server: ["first": "first", "second": "second"], tolerance: 5e-6)
  }

  @Test func impossibleOptionsAreRefused() {
    #expect {
      try aggregators.make(["name": "fedadagrad", "beta2": 0.9])
    } throws: { "\($0)".contains("unknown key 'beta2'") }
  }
}
