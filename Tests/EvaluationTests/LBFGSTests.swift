import Foundation
import Testing

@testable import Evaluation

@Suite struct LBFGSTests {
  /// Rosenbrock's valley in ten dimensions, whose least value is 0 where all are 1.
  @Test func rosenbrock() throws {
    let outcome = try LBFGS(iterations: 1000, tolerance: 1e-9).minimise(
      from: (0..<10).map { $0 % 2 == 0 ? -1.2 : 1 }
    ) { x in
      var value = 0.0
      var gradient = [Double](repeating: 0, count: x.count)
      for i in 0..<x.count - 1 {
        let (rise, rest) = (x[i + 1] - x[i] * x[i], 1 - x[i])
        value += 100 * rise * rise + rest * rest
        gradient[i] += -400 * rise * x[i] - 2 * rest
        gradient[i + 1] += 200 * rise
      }
      return (value, gradient)
    }
    #expect(outcome.hasConverged && outcome.iterations < 200, "\(outcome.iterations)")
    #expect(outcome.point.x.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  /// Each step it takes meets the strong Wolfe conditions' first: the value falls.
  @Test func valuesFall() throws {
    var values: [Double] = []
    var last = Double.infinity
    _ = try LBFGS(iterations: 50, tolerance: 1e-8).minimise(
      from: [3, -2],
      { x in
        last = exp(x[0]) + exp(-x[0]) + 5 * x[1] * x[1] + cos(x[1])
        return (last, [exp(x[0]) - exp(-x[0]), 10 * x[1] - sin(x[1])])
      }, each: { _ in values.append(last) })
    #expect(values.count > 3 && zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
  }

  /// A function without a least value, and one that is nowhere a number: it ends, and says so.
  @Test func endsWhereThereIsNothingToFind() throws {
    let endless = try LBFGS(iterations: 20, tolerance: 1e-9).minimise(from: [0]) { (-$0[0], [-1]) }
    #expect(!endless.hasConverged && endless.point.x[0] > 1)
    let flat = try LBFGS(iterations: 20, tolerance: 1e-9).minimise(from: [2]) { _ in (1, [0]) }
    #expect(flat.hasConverged && flat.iterations == 0 && flat.point.x == [2])
  }
}
