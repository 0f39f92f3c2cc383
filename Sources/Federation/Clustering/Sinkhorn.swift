import Foundation

/// Assignments of samples to clusters of equal size, by Sinkhorn and Knopp's scaling (Cuturi,
/// NeurIPS 2013), as Orchestra's code has it: softmax(λ · cosines) of each sample, scaled until all
/// clusters have the same sum.
enum Sinkhorn {
  /// What the cosines are multiplied by, λ.
  private static let sharpness = 25.0
  /// The change of all samples' factors together at which scaling ends; looked at in every tenth
  /// step.
  private static let tolerance = 1e-2

  /// - Parameters:
  ///   - cosines: [samples, clusters].
  ///   - steps: the most.
  /// - Returns: [samples, clusters]; the sum of a sample's is about 1.
  static func assignments(
    _ cosines: UnsafeBufferPointer<Float>, clusters: Int, steps: Int = 100
  ) -> [Double] {
    let samples = cosines.count / clusters
    var shares = [Double](repeating: 0, count: cosines.count)
    for sample in 0..<samples {
      let row = sample * clusters..<(sample + 1) * clusters
      let greatest = row.reduce(-Double.infinity) { max($0, Double(cosines[$1]) * sharpness) }
      var sum = 0.0
      for i in row {
        shares[i] = exp(Double(cosines[i]) * sharpness - greatest)
        sum += shares[i]
      }
      for i in row { shares[i] /= sum }
    }
    var ofSample = [Double](repeating: 1 / Double(samples), count: samples)
    var ofCluster = [Double](repeating: 1 / Double(clusters), count: clusters)
    for step in 0..<steps {
      var sums = [Double](repeating: 0, count: clusters)
      for sample in 0..<samples {
        for k in 0..<clusters { sums[k] += shares[sample * clusters + k] * ofSample[sample] }
      }
      for k in 0..<clusters { ofCluster[k] = 1 / Double(clusters) / sums[k] }
      var change = 0.0
      for sample in 0..<samples {
        var sum = 0.0
        for k in 0..<clusters { sum += shares[sample * clusters + k] * ofCluster[k] }
        let new = 1 / Double(samples) / sum
        let difference = abs(ofSample[sample] / new - 1)
        if !difference.isNaN { change += difference }
        ofSample[sample] = new
      }
      if step % 10 == 0, change < tolerance { break }
    }
    for sample in 0..<samples {
      for k in 0..<clusters {
        shares[sample * clusters + k] *= ofSample[sample] * ofCluster[k] * Double(samples)
      }
    }
    return shares
  }
}
