import Testing

@testable import Gathering

@Suite struct TableCSVTests {
  @Test func textsAreQuotedWhereTheyMustBe() {
    let texts = ["plain", "a,b", "say \"so\"", "two\nlines", "\r", "", " ö "]
    let table = Table(
      ["text, all": .texts(texts), "n": .wholes([0, -1, 2, 3, 4, 5, 6])], count: 7)
    #expect(
      table.csv(first: ["n"])
        == "n,\"text, all\"\n0,plain\n,\"a,b\"\n2,\"say \"\"so\"\"\"\n3,\"two\nlines\"\n4,\"\r\"\n5,\n"
        + "6, ö \n")
  }

  @Test func numbersComeBackToTheBit() throws {
    let values: [Double] = [
      0.1, 1 / 3, .leastNormalMagnitude / 3, -0.0, 1e22, .leastNonzeroMagnitude,
      .greatestFiniteMagnitude, .infinity, 2,
    ]
    let text = Table(["x": .reals(values)], count: values.count).csv(first: [])
    let back = text.split(separator: "\n").dropFirst().map { Double($0)! }
    #expect(back.map(\.bitPattern) == values.map(\.bitPattern))
    #expect(Table(["x": .reals([.nan])], count: 1).csv(first: []) == "x\n\n")
  }

  /// A column that is asked for is there, with rows or without.
  @Test func columnsThatAreAskedForAreThere() {
    #expect(Table().csv(first: ["run", "round"]) == "run,round\n")
    let table = Table(["b": .wholes([1]), "a": .wholes([2])], count: 1)
    #expect(table.csv(first: ["run", "b"]) == "run,b,a\n,1,2\n")
  }
}
