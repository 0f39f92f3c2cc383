import Catalogues
import Testing

@Suite struct SparklineTests {
  @Test func theSmallestIsLowestAndTheLargestHighest() {
    #expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(sparkline([0.2, 0.1, 0.3]) == "▅▁█")
    #expect(sparkline([-1.5e308, 1.5e308]) == "▁█")
  }

  @Test func whatHasNoHeight() {
    #expect(sparkline([]) == "")
    #expect(sparkline([0.5]) == "▅")
    #expect(sparkline([3, 3]) == "▅▅")
    #expect(sparkline([1, .nan, 2, .infinity]) == "▁ █ ")
    #expect(sparkline([.nan]) == " ")
  }

  /// Each figure is in one place.
  @Test func manyAreMeansOfNeighbours() {
    #expect(sparkline([0, 0, 1, 1, 2, 2], places: 3) == "▁▅█")
    #expect(sparkline([0, 1, 1, 2, 2], places: 2) == sparkline([0.5, 5.0 / 3]))
    #expect(sparkline((0..<1000).map(Double.init)).count == 20)
    #expect(sparkline((0..<21).map(Double.init)).first == "▁")
  }
}
