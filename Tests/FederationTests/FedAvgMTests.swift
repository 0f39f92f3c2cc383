import Catalogues
import Federation
import Testing

/// Against NumPy (Fixtures/fedavgm.py), through three rounds.
@Suite struct FedAvgMTests {
  @Test func equalsNumPy() throws {
    try FederationFixture("fedavgm.h5").compare(
      "fedavgm", ["name": "fedavgm", "momentum": 0.9, "rate": 0.5],
      server: ["velocity": "velocity"])
  }

  @Test func impossibleOptionsAreRefused() {
    #expect {
      try aggregators.make(["name": "fedavgm", "momentum": 1])
    } throws: { "\($0)" == "momentum: 1.0 is not in 0 ..< 1" }
    #expect {
      try aggregators.make(["name": "fedavgm", "rate": 0])
    } throws: { "\($0)" == "rate: 0.0 is not above 0" }
  }
}
