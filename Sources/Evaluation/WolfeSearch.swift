/// Looks along a line for a step that lowers the value enough and leaves a slope that is flat
/// enough: the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, algorithms 3.5
/// and 3.6).
struct WolfeSearch {
  /// The value and the gradient at a place.
  typealias Function = ([Double]) throws -> LBFGS.Point

  let start: LBFGS.Point
  let direction: [Double]

  /// c₁: of the slope at the start, what the value has to fall by.
  private static let decrease = 1e-4
  /// c₂: of the slope at the start, what may be left.
  private static let flatness = 0.9
  private static let mostTries = 30

  /// A place on the line.
  private struct Trial {
    let step: Double
    let point: LBFGS.Point
    let slope: Double
  }

  private func trial(_ step: Double, _ function: Function) throws -> Trial {
    let there = try function(zip(start.x, direction).map { $0 + step * $1 })
    return Trial(step: step, point: there, slope: dot(there.gradient, direction))
  }

  /// A place that meets the conditions; the best one found where tries ran out, nil where none is
  /// lower.
  func run(first: Double, _ function: Function) throws -> LBFGS.Point? {
    let origin = Trial(step: 0, point: start, slope: dot(start.gradient, direction))
    guard origin.slope < 0 else { return nil }
    var last = origin
    var step = first
    for number in 0..<Self.mostTries {
      let here = try trial(step, function)
      if isTooHigh(here, origin) || (number > 0 && here.point.value >= last.point.value) {
        return try zoom(low: last, high: here, origin, function)
      }
      if isFlat(here, origin) { return here.point }
      if here.slope >= 0 { return try zoom(low: here, high: last, origin, function) }
      last = here
      step *= 2
    }
    return last.step > 0 ? last.point : nil
  }

  /// Between two places of which the first is the lowest so far, and one that meets the conditions
  /// lies between them.
  private func zoom(
    low: Trial, high: Trial, _ origin: Trial, _ function: Function
  ) throws -> LBFGS.Point? {
    var (low, high) = (low, high)
    for _ in 0..<Self.mostTries {
      let here = try trial(Self.between(low, high), function)
      if isTooHigh(here, origin) || here.point.value >= low.point.value {
        high = here
      } else {
        if isFlat(here, origin) { return here.point }
        if here.slope * (high.step - low.step) >= 0 { high = low }
        low = here
      }
    }
    return low.step > 0 ? low.point : nil
  }

  /// Not a number is too high as well.
  private func isTooHigh(_ trial: Trial, _ origin: Trial) -> Bool {
    let most = origin.point.value + Self.decrease * trial.step * origin.slope
    return !(trial.point.value <= most)
  }

  private func isFlat(_ trial: Trial, _ origin: Trial) -> Bool {
    abs(trial.slope) <= -Self.flatness * origin.slope
  }

  /// The least place of the cubic through both values and slopes (3.59), well inside; their middle
  /// where there is none.
  private static func between(_ a: Trial, _ b: Trial) -> Double {
    let width = b.step - a.step
    let d = a.slope + b.slope - 3 * (a.point.value - b.point.value) / (a.step - b.step)
    let root = (d * d - a.slope * b.slope).squareRoot() * (width > 0 ? 1 : -1)
    let least = b.step - width * (b.slope + root - d) / (b.slope - a.slope + 2 * root)
    let share = (least - a.step) / width
    return a.step + width * (share.isFinite ? min(max(share, 0.1), 0.9) : 0.5)
  }
}
