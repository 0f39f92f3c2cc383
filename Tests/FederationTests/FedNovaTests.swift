import Catalogues
import Federation
import Testing

/// Against NumPy (Fixtures/fednova.py), through three rounds.
@Suite struct FedNovaTests {
  @Test(arguments: [("plain", 0.0), ("momentum", 0.9)])
  func equalsNumPy(variant: String, momentum: Double) throws {
    try FederationFixture("fednova.h5").compare(
      variant, ["name": "fednova", "momentum": .number(momentum)])
  }

  @Test func impossibleOptionsAreRefused() {
    #expect {
      try aggregators.make(["name": "fednova", "momentum": 1])
    } throws: { "\($0)" == "momentum: 1.0 is not in 0 ..< 1" }
  }
}
