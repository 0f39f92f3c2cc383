import Catalogues

/// What is done to the features of one modality before classifiers and neighbours see them.
public enum FeatureNormalisation: String, WordOption {
  case none
  /// Each sample's features have a Euclidean length of 1; zeros stay zeros.
  case l2
  /// Each feature has mean 0 and deviation 1 among the training samples' (scikit-learn's
  /// `StandardScaler`); one that is the same in all of them is 0 there.
  case standardised

  /// What it makes of features [samples, dimension], whichever samples they are of.
  /// - Parameter training: features of the training samples.
  public func fitted(to training: [Float], dimension: Int) -> (_ features: [Float]) -> [Float] {
    switch self {
    case .none: { $0 }
    case .l2: { Self.l2($0, dimension: dimension) }
    case .standardised: Standardisation(training, dimension: dimension).applied(to:)
    }
  }

  private static func l2(_ features: [Float], dimension: Int) -> [Float] {
    var result = features
    for start in stride(from: 0, to: features.count, by: dimension) {
      let row = start..<start + dimension
      let length = features[row].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      for i in row { result[i] = length == 0 ? 0 : Float(Double(features[i]) / length) }
    }
    return result
  }
}

/// The mean and the deviation of each feature among training samples.
struct Standardisation {
  private let means: [Double]
  private let deviations: [Double]

  /// - Parameter features: [samples, dimension].
  init(_ features: [Float], dimension: Int) {
    let count = Double(features.count / dimension)
    func mean(_ value: (_ x: Double, _ column: Int) -> Double) -> [Double] {
      var sums = [Double](repeating: 0, count: dimension)
      for start in stride(from: 0, to: features.count, by: dimension) {
        for column in 0..<dimension {
          sums[column] += value(Double(features[start + column]), column)
        }
      }
      return sums.map { $0 / count }
    }
    let means = mean { x, _ in x }
    self.means = means
    deviations = mean { x, column in (x - means[column]) * (x - means[column]) }
      .map { $0 > 0 ? $0.squareRoot() : 1 }
  }

  func applied(to features: [Float]) -> [Float] {
    let dimension = means.count
    var result = features
    for start in stride(from: 0, to: features.count, by: dimension) {
      for column in 0..<dimension {
        let x = Double(features[start + column])
        result[start + column] = Float((x - means[column]) / deviations[column])
      }
    }
    return result
  }
}
