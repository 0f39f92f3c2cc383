import Catalogues
import Foundation
import TestSupport
import Testing

/// Small cases of the table: each gives figures and a limit beside them, as lines and as JSON.
@Suite(.serialized) struct BenchTests {
  private func figures(_ arguments: [String]) throws -> Tree {
    let result = try run("motet", ["bench"] + arguments + ["--json"])
    return try #require(try? Tree(json: result.output), "\(result.output)\(result.errors)")
  }

  private func isPositive(_ value: Tree?) -> Bool {
    value?.number.map { $0 > 0 } ?? false
  }

  @Test func aCaseInProcess() throws {
    let arguments = ["knn", "--bank", "500", "--queries", "50", "--dimension", "16"]
    let figures = try figures(arguments)
    #expect(isPositive(figures["seconds"]) && isPositive(figures["limit_seconds"]))
    let text = try run("motet", ["bench"] + arguments)
    #expect(text.lines.count == 1 && text.output.hasPrefix("50 queries in a bank of 500"))
  }

  @Test func aRoundOfEachKind() throws {
    let figures = try figures(["round", "--clients", "2", "--rounds", "1"])
    #expect(figures.keys.sorted() == ["2 clients, no step", "2 clients, one dense update each"])
    for item in figures.keys.compactMap({ figures[$0] }) {
      #expect(isPositive(item["seconds"]) && isPositive(item["limit_seconds"]))
    }
  }

  /// With any setting of a job; a batch has the views of its method.
  @Test func aStepOfAnyJob() throws {
    let arguments = ["step", "--batch", "2", "--input", "32", "--steps", "1", "--warmup", "0"]
    let figures = try figures(
      arguments + ["--set", "method={name: simclr, add: [fedx]}", "--set", "encoder.stem=small"])
    #expect(isPositive(figures["milliseconds"]) && isPositive(figures["views_per_second"]))
    #expect(figures["encoder"]?["stem"]?.text == "small")
    let text = try run("motet", ["bench"] + arguments)
    #expect(text.lines.count == 1 && text.output.contains("a step of 2 x 2 views"))
  }

  /// Alone it starts its ranks by itself; under mpirun it takes those that are there.
  @Test func aCaseOnRanks() throws {
    let alone = try figures(["reduce", "--repeats", "1"])
    #expect((alone["ranks"]?.whole).map { $0 > 1 } == true)
    let result = try mpirun(3, "motet", ["bench", "reduce", "--repeats", "1"])
    #expect(result.lines.count == 2, "\(result.output)\(result.errors)")
    #expect(result.output.contains("over 3 ranks"))
  }

  @Test func theWholeTableStartsAlone() throws {
    let result = try mpirun(2, "motet", ["bench", "all"])
    #expect(result.status != 0 && result.errors.contains("start it alone"), "\(result.errors)")
  }
}
