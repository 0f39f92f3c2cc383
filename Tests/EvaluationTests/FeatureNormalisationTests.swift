import Testing

@testable import Evaluation

@Suite struct FeatureNormalisationTests {
  /// Mean and deviation are the training samples', which other samples have not.
  @Test func standardised() {
    let training: [Float] = [1, 7, 3, 7, 5, 7]
    let applied = FeatureNormalisation.standardised.fitted(to: training, dimension: 2)
    // The deviation of 1, 3, 5 is √(8/3); a feature that never changes has none.
    let unit = Float(2 / (8.0 / 3).squareRoot())
    #expect(applied(training) == [-unit, 0, 0, 0, unit, 0])
    #expect(applied([7, 8]) == [2 * unit, 1])
  }

  @Test func lengths() {
    let applied = FeatureNormalisation.l2.fitted(to: [], dimension: 2)
    #expect(applied([3, 4, 0, 0, 0, -2]) == [0.6, 0.8, 0, 0, 0, -1])
    #expect(FeatureNormalisation.none.fitted(to: [], dimension: 2)([3, 4]) == [3, 4])
  }
}
