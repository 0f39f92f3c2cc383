import Foundation
import Kernels
import Tensors

/// Adds `deviation` times standard normal noise.
///
/// Drawn from 4096 equally likely quantiles, two for each random word: noise that hides detail
/// needs no tails beyond 3.7, and Box and Muller's logarithms and cosines would cost more than all
/// the rest of a view.
func addNoise(
  _ deviation: Float, _ values: UnsafeMutablePointer<Float>, _ count: Int,
  _ random: inout RandomStream, _ kernels: MotetKernels
) {
  guard deviation > 0 else { return }
  // Eight values a block.
  let (key, counter) = random.takeBlocks((count + 7) / 8)
  normalQuantiles.withUnsafeBufferPointer {
    kernels.add_noise(count, deviation, $0.baseAddress, key[0], key[1], counter, values)
  }
}

/// The standard normal distribution's quantiles at (i + ½)/4096, scaled to variance 1.
let normalQuantiles: [Float] = {
  let count = 4096
  var values = (0..<count / 2).map { i in
    // Bisection of Φ(x) = ½ erfc(−x/√2) is exact enough and needs no coefficients.
    let target = (Double(i) + 0.5) / Double(count)
    var low = -6.0
    var high = 0.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < target { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
  values += values.reversed().map { -$0 }
  let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
  return values.map { Float($0 / deviation) }
}()
