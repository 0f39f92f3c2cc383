import Catalogues
import Foundation
import Tensors

/// The part of a training split whose labels are seen: so many of each class, at random, and the
/// same ones whoever asks. Of each class, a larger number has all samples of a smaller one.
public struct LabelledShare: Sendable {
  private let share: Double
  private let seed: UInt64

  /// - Parameter share: above 0, at most 1. Throws where it is not.
  public init(_ share: Double, seed: UInt64) throws {
    try ConfigurationError.share("labels", share, isSome: true)
    self.share = share
    self.seed = seed
  }

  /// The places of the samples, ascending. Throws where there would be fewer than classes.
  /// - Parameter labels: a class for each sample of the split.
  public func places(_ labels: [Int32]) throws -> [Int] {
    guard share < 1 else { return Array(labels.indices) }
    let ofClass = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }
    let counts = try counts(of: ofClass.map(\.value.count))
    return zip(ofClass, counts).flatMap { pair, count in
      var random = RandomStream(seed: seed, purpose: .labels, client: Int(pair.key))
      return random.permutation(pair.value.count).prefix(count).map { pair.value[$0] }
    }.sorted()
  }

  /// How many of each class, by the largest remainder: the share of all, rounded, is dealt out, one
  /// at least to each class.
  func counts(of classes: [Int]) throws -> [Int] {
    let all = classes.reduce(0, +)
    let total = Int((share * Double(all)).rounded())
    guard total >= classes.count else {
      let least = (Double(classes.count) / Double(all) * 1e4).rounded(.up) / 1e4
      throw ConfigurationError(
        "labels",
        "\(String(format: "%g", share)) of \(counted(all, "sample")) is \(total), fewer than one of each "
          + "of \(counted(classes.count, "class")); give \(String(format: "%g", least)) or more"
      )
    }
    let quotas = classes.map { share * Double($0) }
    var counts = quotas.map { max(1, Int($0)) }
    // Of equal remainders that of the first class.
    func next(_ isBefore: (Double, Double) -> Bool, where may: (Int) -> Bool) -> Int {
      let remainders = zip(quotas, counts).map { $0 - Double($1) }
      return counts.indices.filter(may).reduce(nil as Int?) { best, i in
        best.map { isBefore(remainders[i], remainders[$0]) ? i : $0 } ?? i
      }!
    }
    for _ in 0..<max(0, total - counts.reduce(0, +)) {
      counts[next(>) { counts[$0] < classes[$0] }] += 1
    }
    for _ in 0..<max(0, counts.reduce(0, +) - total) { counts[next(<) { counts[$0] > 1 }] -= 1 }
    return counts
  }
}
