import Layers
import Tensors

/// The sum of the squares of each entry's values, in Float64.
///
/// Value i is added to sum i mod 4 of its entry, then the four are added, and no thread splits an
/// entry: the same bits for any number of threads, and of lanes.
func squareSums(
  _ vector: ParameterVector, _ entries: [ParameterLayout.Entry], _ engine: Engine
) -> [Double] {
  [Double](unsafeUninitializedCapacity: entries.count) { sums, count in
    nonisolated(unsafe) let sums = sums
    engine.parallel(entries.count) { part, _ in
      for index in part { sums[index] = squareSum(vector[entries[index].range]) }
    }
    count = entries.count
  }
}

private func squareSum(_ values: UnsafeMutableBufferPointer<Float>) -> Double {
  let whole = values.count / 4 * 4
  var sums = SIMD4<Double>()
  for i in stride(from: 0, to: whole, by: 4) {
    let four = SIMD4<Double>(SIMD4(values[i], values[i + 1], values[i + 2], values[i + 3]))
    sums += four * four
  }
  for i in whole..<values.count { sums[i - whole] += Double(values[i]) * Double(values[i]) }
  return sums.sum()
}
