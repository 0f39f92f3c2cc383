import Layers
import Tensors
import Testing

@testable import Training

@Suite struct QuarterTurnsTests {
  /// As NumPy's rot90: what is at the right comes to the top.
  @Test(arguments: [
    (0, [0, 1, 2, 3, 4, 5, 6, 7, 8]), (1, [2, 5, 8, 1, 4, 7, 0, 3, 6]),
    (2, [8, 7, 6, 5, 4, 3, 2, 1, 0]), (3, [6, 3, 0, 7, 4, 1, 8, 5, 2]),
  ])
  func turnsAreCounterClockwise(turns: Int, expected: [Int]) throws {
    let engine = try Engine()
    let views = FeatureMap(
      engine.pool, images: 2, channels: 2, height: 3, width: 3, layout: .plain)
    for i in 0..<36 { views.pointer[i] = Float(i) }
    turnImage(1, of: views, by: turns)
    let values = (0..<36).map { Int(views.pointer[$0]) }
    #expect(Array(values[..<18]) == Array(0..<18))
    let turned: [Int] = expected.flatMap { place in [18 + 2 * place, 19 + 2 * place] }
    #expect(Array(values[18...]) == turned)
  }
}
