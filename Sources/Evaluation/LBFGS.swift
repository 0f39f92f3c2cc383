/// Minimises a smooth function by limited-memory BFGS (Nocedal and Wright, Numerical Optimization,
/// algorithm 7.5), with steps that meet the strong Wolfe conditions (3.5 and 3.6).
struct LBFGS {
  struct Point {
    var x: [Double]
    var value: Double
    var gradient: [Double]

    /// The gradient's greatest magnitude.
    var steepness: Double { gradient.reduce(0) { max($0, abs($1)) } }
  }

  struct Outcome {
    let point: Point
    let iterations: Int
    /// Whether the gradient came within the tolerance, or values as far down as Float64 can tell.
    let hasConverged: Bool
  }

  /// Steps whose changes are remembered.
  static let memory = 10
  /// A step that gains less than this share of the value is the last (SciPy's `ftol`, as
  /// scikit-learn sets it).
  private static let leastGain = 64 * Double.ulpOfOne

  let iterations: Int
  /// The gradient's greatest magnitude at which it ends.
  let tolerance: Double

  /// - Parameters:
  ///   - evaluate: the value and the gradient at a place.
  ///   - each: called after each step with their number.
  func minimise(
    from start: [Double], _ evaluate: ([Double]) throws -> (value: Double, gradient: [Double]),
    each: (_ iteration: Int) throws -> Void = { _ in }
  ) throws -> Outcome {
    func point(_ x: [Double]) throws -> Point {
      let (value, gradient) = try evaluate(x)
      return Point(x: x, value: value, gradient: gradient)
    }
    var here = try point(start)
    var history: [Change] = []
    for iteration in 0..<iterations {
      guard here.steepness > tolerance else {
        return Outcome(point: here, iterations: iteration, hasConverged: true)
      }
      let direction = Self.direction(here.gradient, history)
      let length = dot(here.gradient, here.gradient).squareRoot()
      let search = WolfeSearch(start: here, direction: direction)
      let first = history.isEmpty ? min(1, 1 / length) : 1
      guard let next = try search.run(first: first, point) else {
        // From the steepest descent there is no way down that Float64 can tell.
        guard !history.isEmpty else {
          return Outcome(point: here, iterations: iteration, hasConverged: true)
        }
        history = []
        continue
      }
      let change = Change(from: here, to: next)
      if change.curvature > 0 { history = history.suffix(Self.memory - 1) + [change] }
      let gain = here.value - next.value
      let scale = max(abs(here.value), abs(next.value), 1)
      here = next
      try each(iteration + 1)
      if gain <= Self.leastGain * scale {
        return Outcome(point: here, iterations: iteration + 1, hasConverged: true)
      }
    }
    return Outcome(
      point: here, iterations: iterations, hasConverged: here.steepness <= tolerance)
  }

  /// What a step changed.
  private struct Change {
    let x: [Double]
    let gradient: [Double]
    let curvature: Double

    init(from old: Point, to new: Point) {
      x = zip(new.x, old.x).map { $0 - $1 }
      gradient = zip(new.gradient, old.gradient).map { $0 - $1 }
      curvature = dot(x, gradient)
    }
  }

  /// The gradient times the inverse curvature that the changes show, turned downhill
  /// (algorithm 7.4).
  private static func direction(_ gradient: [Double], _ history: [Change]) -> [Double] {
    var direction = gradient
    var shares: [Double] = []
    for change in history.reversed() {
      let share = dot(change.x, direction) / change.curvature
      shares.append(share)
      add(&direction, -share, change.gradient)
    }
    if let last = history.last {
      let scale = last.curvature / dot(last.gradient, last.gradient)
      for i in direction.indices { direction[i] *= scale }
    }
    for (change, share) in zip(history, shares.reversed()) {
      add(&direction, share - dot(change.gradient, direction) / change.curvature, change.x)
    }
    for i in direction.indices { direction[i] = -direction[i] }
    return direction
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += a[i] * b[i] }
  return sum
}

/// a ← a + factor · b.
private func add(_ a: inout [Double], _ factor: Double, _ b: [Double]) {
  for i in a.indices { a[i] += factor * b[i] }
}
