import Catalogues
import Methods
import TestSupport
import Testing

/// Lists of terms that a job gives.
@Suite struct LossTermTests {
  @Test func withoutTermsItIsTheMethod() throws {
    #expect(try resolveMethod("byol") == methods.resolve("byol"))
    #expect(try resolveMethod(["name": "byol", "add": []]) == methods.resolve("byol"))
    #expect(try makeMethod(["name": "byol", "add": nil]) is BYOL)
  }

  @Test(
    arguments: [
      ("feddecorr", "add: expected a list of terms, as in [{ name: feddecorr }]"),
      (["fedecorr"], "add[0].name: unknown term of a loss 'fedecorr' (did you mean 'feddecorr'?)"),
      (
        ["moon", ["name": "moon", "weight": 2]],
        "add[1]: 'moon' is in the list already; give it once"
      ),
      ([["name": "feddecorr", "weight": -1]], "add[0].weight: -1.0 is outside 0 to 1000000"),
      ([["name": "moon", "mu": 1]], "add[0].mu: unknown key 'mu'; there are: temperature, weight"),
    ] as [(Tree, String)])
  func wrongListsAreRefused(terms: Tree, expected: String) {
    let line = message { _ = try makeMethod(["name": "simclr", "add": terms]) }
    #expect(line == expected)
  }
}
