import Tensors

/// Confidence intervals by the percentile bootstrap (Efron and Tibshirani, 1993, chapter 13).
public struct Bootstrap: Sendable {
  public struct Interval: Sendable, Equatable {
    public let low: Double
    public let high: Double
  }

  public let resamples: Int
  public let level: Double
  public let seed: UInt64

  public init(resamples: Int = 1000, level: Double = 0.95, seed: UInt64 = 1) {
    self.resamples = resamples
    self.level = level
    self.seed = seed
  }

  /// The interval of the mean of `values`; nil of none. Two lists of one length are resampled
  /// alike.
  public func interval(of values: [Double]) -> Interval? { interval(ofGroups: [values]) }

  /// The interval of the mean of the groups' means, each resampled by itself; nil where one is
  /// empty.
  public func interval(ofGroups groups: [[Double]]) -> Interval? {
    guard groups.allSatisfy({ !$0.isEmpty }) else { return nil }
    let means = (0..<resamples).map { resample in
      var random = RandomStream(seed: seed, purpose: .bootstrap, sample: resample)
      let means = groups.map { values in
        values.withUnsafeBufferPointer { values in
          var sum = 0.0
          for _ in 0..<values.count { sum += values[random.index(below: values.count)] }
          return sum / Double(values.count)
        }
      }
      return means.reduce(0, +) / Double(means.count)
    }.sorted()
    let tail = (1 - level) / 2
    return Interval(
      low: Self.quantile(tail, of: means), high: Self.quantile(1 - tail, of: means))
  }

  /// With linear interpolation between sorted values (NumPy's default).
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
  }
}
