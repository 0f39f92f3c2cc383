import Foundation

/// Triangular filters on the HTK mel scale, linear in mel, peak 1, without area normalisation
/// (TensorFlow's `linear_to_mel_weight_matrix`), as runs of weights: band b is
/// Σ weights[offsets[b] + i] · bin[starts[b] + i].
struct MelFilters {
  let starts: [Int]
  let offsets: [Int]
  let weights: [Float]

  /// - Parameter length: of the Fourier transform; the bin of frequency 0 is left out.
  init(bands: Int, length: Int, sampleRate: Double, lowest: Double, highest: Double) {
    func mel(_ frequency: Double) -> Double { 1127 * log(1 + frequency / 700) }
    let low = mel(lowest)
    let step = (mel(highest) - low) / Double(bands + 1)
    let places = (0...length / 2).map { mel(Double($0) * sampleRate / Double(length)) }
    var starts: [Int] = []
    var offsets = [0]
    var weights: [Float] = []
    for band in 0..<bands {
      let centre = low + Double(band + 1) * step
      // Empty where the triangle is narrower than a bin and falls between two.
      let inside = (1...length / 2).filter { abs(places[$0] - centre) < step }
      starts.append(inside.first ?? 1)
      weights += inside.map { Float(1 - abs(places[$0] - centre) / step) }
      offsets.append(weights.count)
    }
    self.starts = starts
    self.offsets = offsets
    self.weights = weights
  }
}
