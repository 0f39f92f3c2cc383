import Kernels
import Tensors
import TestSupport

@testable import Views

/// The image that the Python fixtures call `picture(seed, height, width)`, [height, width, 3].
func picture(_ seed: UInt64, _ height: Int, _ width: Int) -> [UInt8] {
  var pixels = noise(seed, height * width * 3).map { UInt8(($0 + 1) * 128) }
  for x in 0..<width {
    pixels[3 * x + 1] = pixels[3 * x]
    pixels[3 * x + 2] = pixels[3 * x]
    guard height > 2 else { continue }
    for c in 0..<3 {
      pixels[(width + x) * 3 + c] = 0
      pixels[(2 * width + x) * 3 + c] = 255
    }
  }
  return pixels
}

/// Largest difference between two arrays; infinite where one is not a number.
func distance(_ a: [Float], _ b: [Float]) -> Float {
  precondition(a.count == b.count, "\(a.count) and \(b.count) values")
  return zip(a, b).reduce(0) { most, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(most, difference)
  }
}

extension Array {
  func withSample<R>(_ shape: [Int], _ body: (Sample) throws -> R) rethrows -> R {
    try withUnsafeBytes { try body(Sample(bytes: $0, shape: shape)) }
  }
}

extension ViewMaker {
  func training(_ sample: Sample, _ shape: ViewShape, _ random: RandomStream) -> [Float] {
    var random = random
    var view = [Float](repeating: .nan, count: shape.count)
    view.withUnsafeMutableBufferPointer { trainingView(of: sample, random: &random, into: $0) }
    return view
  }

  func evaluation(_ sample: Sample, _ shape: ViewShape, index: Int = 0) -> [Float] {
    var view = [Float](repeating: .nan, count: shape.count)
    view.withUnsafeMutableBufferPointer { evaluationView(of: sample, index: index, into: $0) }
    return view
  }
}

/// Channels last to planes.
func planes(_ view: [Float], channels: Int = 3) -> [Float] {
  (0..<channels).flatMap { c in stride(from: c, to: view.count, by: channels).map { view[$0] } }
}

func stream(_ sample: Int, seed: UInt64 = 1) -> RandomStream {
  RandomStream(seed: seed, purpose: .firstView, sample: sample)
}

/// Of all lanes that this processor has and that fuse multiply and add.
var fusedKernels: [MotetKernels] {
  [4, 8, 16].compactMap { motet_kernels($0)?.pointee }.filter { $0.fused == 1 }
}

extension Modality {
  /// The statistics of samples that `lend` lends to a tally, one after the other.
  func statistics(
    _ count: Int, lend: (_ index: Int, _ tally: (Sample) -> [Double]) -> [Double]
  ) -> [String: Double] {
    guard let tally = makeTally() else { return statistics(ofSums: []) }
    let sums = (0..<count).map { lend($0, tally) }.reduce([]) { sums, own in
      sums.isEmpty ? own : zip(sums, own).map(+)
    }
    return statistics(ofSums: sums)
  }
}
