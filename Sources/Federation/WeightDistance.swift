import Tensors
import Training

/// How far two models are apart as FedU and FedEMA measure it: the mean of the l2 distances of
/// their convolutions' weights, shortcuts' not counted (EasyFL's code; the papers have one distance
/// of all). Of a network without any, it is that of all weights of two and more dimensions, but for
/// a predictor's.
struct WeightDistance {
  private let entries: [ParameterLayout.Entry]

  /// - Parameter model: names are torchvision's, whose shortcuts are `downsample`.
  init(_ model: ParameterLayout) {
    let weights = model.entries.filter {
      $0.trainable && $0.shape.count > 1 && !$0.name.hasPrefix("predictor.")
    }
    let convolutions = weights.filter { $0.name.contains("conv") }
    entries = convolutions.isEmpty ? weights : convolutions
  }

  func callAsFunction(_ a: ParameterVector, _ b: ParameterVector) -> Double {
    guard !entries.isEmpty else { return 0 }
    let distances = entries.map { entry in
      zip(a[entry.range], b[entry.range]).reduce(0.0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
      }.squareRoot()
    }
    return distances.reduce(0, +) / Double(entries.count)
  }
}
