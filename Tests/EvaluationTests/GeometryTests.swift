import Foundation
import HDF5
import TestSupport
import Testing

@testable import Evaluation

/// Against NumPy, SciPy and scikit-learn (Fixtures/geometry.py), which go another way.
@Suite struct GeometryTests {
  private static let dimension = 24
  private static let counts = [90, 60, 41]
  private let file: HDF5File

  init() throws { file = try fixture(.module, "geometry.h5") }

  /// Set `number` as the script makes it.
  private func features(_ number: Int, _ count: Int) -> [Float] {
    let d = Self.dimension
    let factors = noise(UInt64(5310 + number) << 32, count * 4)
    let offsets = noise(UInt64(5320 + number) << 32, d)
    return noise(UInt64(5300 + number) << 32, count * d).enumerated().map { place, value in
      let (row, column) = (place / d, place % d)
      let scale: Float = 4 / Float(1 + (column + 5 * number) % d)
      return (value + 0.5 * factors[row * 4 + column % 4]) * scale + 0.25 * offsets[column]
    }
  }

  private var sets: [[Float]] { Self.counts.enumerated().map { features($0, $1) } }

  private func moments(_ features: [Float], _ dimension: Int = Self.dimension) throws
    -> FeatureMoments
  {
    try FeatureMoments(features, dimension: dimension)
  }

  private func expect(
    _ name: String, _ value: Double, location: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try file.doubleAttribute(name)
    #expect(
      abs(value - expected) < 1e-9 * abs(expected), "\(name): \(value), NumPy \(expected)",
      sourceLocation: location)
  }

  private func expectRank(_ name: String, _ sets: [FeatureMoments]) throws {
    let rank = EffectiveRank(sets).value
    let expected = try file.doubleAttribute(name)
    #expect(abs(rank - expected) < 1e-6 * expected, "\(name): \(rank), NumPy \(expected)")
  }

  @Test func effectiveRanks() throws {
    let all = try sets.map { try moments($0) }
    for (index, own) in all.enumerated() { try expectRank("rank_\(index)", [own]) }
    try expectRank("rank_all", all)
    try expectRank("rank_few", [try moments(Array(sets[0].prefix(10 * Self.dimension)))])
    // On one line: 1, but for the 10⁻⁷ of each direction.
    let line: [Float] = (1...30).flatMap { [Float($0), 2 * Float($0), 0] }
    let rank = EffectiveRank([try moments(line, 3)]).value
    #expect(abs(rank - 1) < 1e-5)
  }

  @Test func gapsBetweenMeans() throws {
    let unit = sets.map { UnitFeatures($0, dimension: Self.dimension) }
    try expect("gap", unit[0].gap(to: unit[1]))
    try expect("gap_relative", try moments(sets[0]).relativeGap(to: moments(sets[1])))
  }

  @Test func principalAngles() throws {
    let most = Int(try file.intAttribute("directions"))
    let directions = try sets.map { PrincipalDirections(try moments($0), most: most) }
    let angles = directions[0].angles(to: directions[1])
    let expected: [Double] = try file.read("/angles")
    #expect(angles.count == expected.count)
    for (own, theirs) in zip(angles, expected) { #expect(abs(own - theirs) < 1e-6 * theirs) }
    let variances: [Double] = try file.read("/variances")
    for (own, theirs) in zip(directions[0].variances, variances) {
      #expect(abs(own - theirs) < 1e-9 * variances[0])
    }
    let own = directions[0].angles(to: directions[0])
    #expect(own.allSatisfy { $0 < 1e-5 })
  }

  /// Planes that share one axis; a subspace is no larger than what the features vary in.
  @Test func anglesOfPlanes() throws {
    func plane(_ a: Int, _ b: Int) throws -> PrincipalDirections {
      var features = [Float](repeating: 0, count: 40 * 4)
      for sample in 0..<40 {
        features[4 * sample + a] = Float(cos(Double(sample)))
        features[4 * sample + b] = Float(0.5 * sin(Double(sample)))
      }
      return PrincipalDirections(try moments(features, 4), most: 3)
    }
    let angles = try plane(0, 1).angles(to: plane(1, 2))
    #expect(angles.count == 2 && angles[0] < 1e-5 && abs(angles[1] - 90) < 1e-5, "\(angles)")
  }

  /// Of one block and of several.
  @Test func uniformities() throws {
    let unit = sets.map { UnitFeatures($0, dimension: Self.dimension) }
    try expect("uniformity_0", unit[0].uniformity())
    try expect("uniformity_1", unit[1].uniformity())
    try expect("uniformity_0_1", unit[0].uniformity(with: unit[1]))
    // Every sample 14 times: the mean over pairs has 14 · 13 / 2 of each with itself.
    let own = sets[0]
    let many = UnitFeatures((0..<14).flatMap { _ in own }, dimension: Self.dimension)
    let pairs: Double = 90 * 89 / 2
    let all: Double = 1260 * 1259 / 2
    let sum = 196 * pairs * exp(try file.doubleAttribute("uniformity_0")) + 91 * 90
    let (found, expected) = (try many.uniformity(), log(sum / all))
    #expect(abs(found - expected) < 1e-9)
    let mixed = try many.uniformity(with: unit[1])
    let once = try unit[0].uniformity(with: unit[1])
    #expect(abs(mixed - once) < 1e-9)
    // Zeros have no length: they are 1 away from the others, and in one place.
    let zeros = try UnitFeatures([0, 0, 0, 0, 3, 0], dimension: 2).uniformity()
    let ofThree: Double = (1 + 2 * exp(-2)) / 3
    #expect(abs(zeros - log(ofThree)) < 1e-12)
  }

  @Test func alignment() throws {
    let view: [Float] = zip(sets[0], features(7, 90)).map { $0 + $1 / 8 }
    let distances = UnitFeatures(sets[0], dimension: Self.dimension)
      .squaredDistances(to: UnitFeatures(view, dimension: Self.dimension))
    try expect("alignment", distances.reduce(0, +) / 90)
  }

  @Test func centredKernelAlignment() throws {
    func cka(_ a: [Float], _ b: [Float], _ dimension: Int = Self.dimension) throws -> Double {
      try LinearCKA.between(a, moments(a), b, moments(b, dimension))
    }
    let d = Self.dimension
    try expect("cka", cka(Array(sets[0].prefix(60 * d)), sets[1]))
    let mixed: [Float] = zip(sets[0], features(7, 90)).map { $0 + $1 }
    let narrow: [Float] = (0..<90).flatMap { row in mixed[row * d + 3..<row * d + 12] }
    try expect("cka_narrow", cka(sets[0], narrow, 9))
    // Another scale, other axes, another origin.
    let own = sets[0]
    var turned: [Float] = []
    for row in 0..<90 {
      for column in 0..<d { turned.append(5 - 4 * own[row * d + (column + 7) % d]) }
    }
    let same = try cka(own, turned)
    #expect(abs(same - 1) < 1e-6)
  }

  @Test(arguments: [2, 3]) func discriminantAnalysis(count: Int) throws {
    let shrinkage = try file.doubleAttribute("shrinkage")
    let sets = self.sets.prefix(count)
    func half(_ first: Int) -> [[Float]] {
      sets.map { set in
        stride(from: first, to: set.count / Self.dimension, by: 2).flatMap { row in
          set[row * Self.dimension..<(row + 1) * Self.dimension]
        }
      }
    }
    let classifier = try DiscriminantAnalysis(shrinkage: shrinkage)
      .fit(half(0).map { try moments($0) })
    let own = classifier.decisions(half(1).flatMap { $0 }).map { Double($0) }
    let expected: [Double] = try file.read("/decisions_\(count)")
    // scikit-learn's have one number more in all values of a sample.
    #expect(own.count == expected.count)
    for row in 0..<expected.count / count {
      let mean = own[row * count..<(row + 1) * count].reduce(0, +) / Double(count)
      for c in 0..<count {
        let (ours, theirs) = (own[row * count + c] - mean, expected[row * count + c])
        #expect(abs(ours - theirs) < 1e-5 * max(1, abs(theirs)), "\(row), \(c)")
      }
    }
    let found: [Int32] = try file.read("/found_\(count)")
    let isFirst = Self.counts.prefix(count).map { (0..<$0).map { $0 % 2 == 0 } }
    let predicted = try Separability(shrinkage: shrinkage).predictions(
      Array(sets), names: ["a", "b", "c"], dimension: Self.dimension, isFirst: isFirst)
    let odd: [Int32] = predicted.flatMap { set in
      stride(from: 1, to: set.count, by: 2).map { set[$0] }
    }
    #expect(odd == found)
  }

  /// Samples that are alike are told apart by chance, those far apart always; scale does not count.
  @Test func separability() throws {
    let separability = try Separability(shrinkage: 0.01)
    let isFirst = (0..<2).map { Separability.firstHalf(of: 61, seed: 1, stream: $0) }
    for half in isFirst { #expect(half.count { $0 } == 30) }
    #expect(isFirst[0] != isFirst[1])
    func share(_ a: [Float], _ b: [Float]) throws -> Double {
      let found = try separability.predictions(
        [a, b], names: ["a", "b"], dimension: 3, isFirst: isFirst)
      let right = found[0].count { $0 == 0 } + found[1].count { $0 == 1 }
      return Double(right) / 122
    }
    let (a, b) = (noise(5330 << 32, 183), noise(5331 << 32, 183))
    let alike = try share(a, b)
    #expect(abs(alike - 0.5) < 0.15)
    let apart = try share(a, b.map { $0 + 3 })
    #expect(apart == 1)
    let scaled = try share(a.map { 1024 * $0 }, b.map { 1024 * $0 })
    #expect(scaled == alike)
  }

  /// Sets of one model that has collapsed or diverged are named.
  @Test func refusals() throws {
    let alike = try moments([3, 4, 3, 4, 3, 4], 2)
    let collapsed = message { try FeaturesAlikeError.check(alike, "audio") }
    #expect(collapsed?.hasPrefix("the features of audio are the same for all samples") == true)
    let diverged = message { _ = try moments([1, .infinity], 2) }
    #expect(diverged?.contains("not all finite") == true)
    for share: Double in [0, -1, 1.5, .nan] {
      let said = message { _ = try Separability(shrinkage: share) }
      #expect(said?.hasPrefix("shrinkage: ") == true)
    }
    // One feature twice, of variance 1.
    let flat: [Float] = (0..<8).flatMap { row in
      let value: Float = row < 4 ? 0 : 2
      return [value, value]
    }
    let same = try moments(flat, 2)
    let small = message { _ = try DiscriminantAnalysis(shrinkage: 1e-25).fit([same, same]) }
    #expect(small?.hasPrefix("shrinkage: ") == true, "\(small ?? "nothing")")
  }
}
