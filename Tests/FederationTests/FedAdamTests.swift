import Catalogues
import Federation
import Testing

/// Against NumPy (Fixtures/fedadam.py), through three rounds. The tolerance is wider than the
/// others' since the root of a small second moment carries Float32's rounding into the model.
@Suite struct FedAdamTests {
  @Test func equalsNumPy() throws {
    try FederationFixture("fedadam.h5").compare(
      "fedadam",
      ["name": "fedadam", "beta1": 0.9, "beta2": 0.99, "tau": 1e-3, "rate": 0.1],
      server: ["first": "first", "second": "second"], tolerance: 5e-6)
  }

  @Test func impossibleOptionsAreRefused() {
    #expect {
      try aggregators.make(["name": "fedadam", "beta2": 1])
    } throws: { "\($0)" == "beta2: 1.0 is not in 0 ..< 1" }
    #expect {
      try aggregators.make(["name": "fedadam", "tau": 0])
    } throws: { "\($0)" == "tau: 0.0 is not above 0" }
  }
}
