/// The weights of the shortest convex combination of vectors, of which only their inner products
/// are known (Sener & Koltun, NeurIPS 2018, arXiv 1810.04650; FedU²'s code, min_norm_solvers.py):
/// of two in closed form; of more by projected descent from given weights, with a search along each
/// step's line. As there, a weight that comes near 0 makes steps short, and the search may end
/// before it is at the shortest.
struct MinimumNorm {
  /// The most steps.
  let steps: Int

  /// Where weights move by less in all, they are near enough.
  private static let near = 1e-5
  /// A way to the simplex's edge that is shorter is none.
  private static let edge = 1e-7

  /// - Parameters:
  ///   - products: of each two vectors.
  ///   - start: weights that add up to 1.
  func weights(_ products: [[Double]], from start: [Double]) -> [Double] {
    guard start.count > 1 else { return start }
    if start.count == 2 {
      let share = Self.share(of: products[0][0], products[0][1], products[1][1])
      return [share, 1 - share]
    }
    var weights = start
    for _ in 0..<steps {
      let next = Self.onSimplex(Self.step(weights, against: products.map { dot($0, weights) }))
      let share = Self.share(
        of: product(weights, weights, products), product(weights, next, products),
        product(next, next, products))
      let moved = zip(weights, next).map { share * $0 + (1 - share) * $1 }
      let way = zip(weights, moved).reduce(0) { $0 + ($1.1 - $1.0).magnitude }
      if way < Self.near { break }
      weights = moved
    }
    return weights
  }

  /// From weights down the slope, within the plane of those that add up to 1, to where the first of
  /// them is 0 or 1.
  private static func step(_ weights: [Double], against slope: [Double]) -> [Double] {
    let mean = slope.reduce(0, +) / Double(slope.count)
    let direction = slope.map { mean - $0 }
    let ways = zip(weights, direction).compactMap { weight, direction -> Double? in
      guard direction != 0 else { return nil }
      let way = direction < 0 ? -weight / direction : (1 - weight) / direction
      return way > edge ? way : nil
    }
    let length = ways.min() ?? 1
    return zip(weights, direction).map { $0 + length * $1 }
  }

  /// The nearest weights that are none below 0 and add up to 1.
  private static func onSimplex(_ values: [Double]) -> [Double] {
    let sorted = values.sorted(by: >)
    var sum = 0.0
    var shift = (values.reduce(0, +) - 1) / Double(values.count)
    for (place, value) in sorted.dropLast().enumerated() {
      sum += value
      let candidate = (sum - 1) / Double(place + 1)
      if candidate > sorted[place + 1] {
        shift = candidate
        break
      }
    }
    return values.map { max($0 - shift, 0) }
  }

  /// How much of a in the shortest c · a + (1 − c) · b, by their products; never all of one.
  private static func share(of aa: Double, _ ab: Double, _ bb: Double) -> Double {
    if ab >= aa { return 0.999 }
    if ab >= bb { return 0.001 }
    return (bb - ab) / (aa + bb - 2 * ab)
  }

  private func product(_ a: [Double], _ b: [Double], _ products: [[Double]]) -> Double {
    dot(a, products.map { dot($0, b) })
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
