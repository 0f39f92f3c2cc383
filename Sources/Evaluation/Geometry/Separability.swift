import Catalogues
import LinearAlgebra
import Tensors

/// How well a linear classifier tells sets of samples apart by their features: each sample is
/// judged by a `DiscriminantAnalysis` of the half of all sets that it is not in.
public struct Separability: Sendable {
  private let analysis: DiscriminantAnalysis

  /// - Parameter shrinkage: of the analysis, above 0, at most 1.
  public init(shrinkage: Double) throws {
    analysis = try DiscriminantAnalysis(shrinkage: shrinkage)
  }

  /// Which samples of a set are in the first half, at random: of an odd number the smaller one.
  /// - Parameter stream: of the set; others are independent of it.
  public static func firstHalf(of count: Int, seed: UInt64, stream: Int) -> [Bool] {
    var random = RandomStream(seed: seed, purpose: .halves, client: stream)
    var isFirst = [Bool](repeating: false, count: count)
    for place in random.permutation(count).prefix(count / 2) { isFirst[place] = true }
    return isFirst
  }

  /// The set that each sample is taken for, set by set.
  /// - Parameters:
  ///   - features: of each set, [samples, dimension].
  ///   - names: of the sets, for messages.
  ///   - isFirst: of each set, which of its samples are in the first half.
  ///   - pause: called now and then; what it throws ends the work.
  public func predictions(
    _ features: [[Float]], names: [String], dimension: Int, isFirst: [[Bool]],
    pause: () throws -> Void = {}
  ) throws -> [[Int32]] {
    let halves = [true, false].map { half in
      zip(features, isFirst).map { set, isFirst in
        isFirst.indices.filter { isFirst[$0] == half }.flatMap {
          set[$0 * dimension..<($0 + 1) * dimension]
        }
      }
    }
    var found = features.map { [Int32](repeating: 0, count: $0.count / dimension) }
    for (judged, fitted) in [(0, 1), (1, 0)] {
      let moments = try zip(halves[fitted], names).map { half, name in
        let own = try FeatureMoments(half, dimension: dimension, pause: pause)
        try FeaturesAlikeError.check(own, name)
        return own
      }
      let classifier = try analysis.fit(moments)
      for (set, half) in halves[judged].enumerated() {
        let predicted = greatestClasses(classifier.decisions(half), classes: features.count)
        let places = isFirst[set].indices.filter { isFirst[set][$0] == (judged == 0) }
        for (place, value) in zip(places, predicted) { found[set][place] = value }
        try pause()
      }
    }
    return found
  }
}
