import Foundation

/// log softmax(values / temperature), in Float64.
func logSoftmax(
  _ values: UnsafeMutableBufferPointer<Float>, _ temperature: Double
) -> [Double] {
  var greatest = -Double.infinity
  for value in values { greatest = max(greatest, Double(value) / temperature) }
  var sum = 0.0
  for value in values { sum += exp(Double(value) / temperature - greatest) }
  let log = greatest + Foundation.log(sum)
  return values.map { Double($0) / temperature - log }
}
