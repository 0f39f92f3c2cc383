import Foundation
import HDF5
import Tensors

/// Sets the parameters as the fixtures' scripts do (Tests/Fixtures/reference.py): trainable
/// parameter t, in PyTorch's order, from `noise((t + 1) << 32)`, scaled by its kind; running means
/// 0, running variances 1.
public func setReferenceParameters(_ parameters: ParameterVector) {
  let trainable = parameters.layout.entries.filter(\.trainable)
  for (t, entry) in trainable.enumerated() {
    let values = noise(UInt64(t + 1) << 32, entry.count)
    let scaled: [Float]
    if let scale = referenceScale(entry, parameters.layout) {
      scaled = values.map { $0 * scale }
    } else {
      scaled = values.map { entry.name.hasSuffix("weight") ? 1 + 0.1 * $0 : 0.1 * $0 }
    }
    parameters.setTorchValues(scaled, entry)
  }
  for entry in parameters.layout.entries where !entry.trainable {
    if entry.name.contains("running_") {
      parameters[entry.range].update(repeating: entry.name.hasSuffix("running_var") ? 1 : 0)
    } else {
      _ = parameters[entry.range].update(from: noise(4200 << 32, entry.count))
    }
  }
}

/// The factor for a weight, a bias (that of its weight) or a free parameter; nil for a norm's.
private func referenceScale(_ entry: ParameterLayout.Entry, _ layout: ParameterLayout) -> Float? {
  let name = entry.name.replacingOccurrences(of: ".bias", with: ".weight")
  guard name.hasSuffix(".weight"), let shape = layout.entry(name)?.shape else { return 0.1 }
  guard shape.count > 1 else { return nil }
  guard shape.count == 4 else { return Float(1 / Double(shape[1]).squareRoot()) }
  let fanOut = Double(shape[0] * shape[2] * shape[3])
  return Float(3.0.squareRoot() * (2 / fanOut).squareRoot())
}

/// Images [count, channels, side, side] as PyTorch has them -> plain views, channels last.
public func channelsLast(_ values: [Float], images: Int, channels: Int, side: Int) -> [Float] {
  var result = [Float](repeating: 0, count: values.count)
  for n in 0..<images {
    for c in 0..<channels {
      for p in 0..<side * side {
        result[(n * side * side + p) * channels + c] = values[(n * channels + c) * side * side + p]
      }
    }
  }
  return result
}

/// ‖a − b‖ / ‖b‖.
public func relativeError(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Double {
  var difference = 0.0
  var length = 0.0
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    length += Double(y) * Double(y)
  }
  return (difference / max(length, 1e-300)).squareRoot()
}

/// Trainable parameters whose gradient is further than 1e-3 from the fixture's `GROUP/gradients/…`,
/// by the stored samples or by the norm.
public func wrongGradients(
  _ gradient: ParameterVector, _ file: HDF5File, _ group: String
) throws -> [String] {
  try gradient.layout.entries.filter(\.trainable).filter { entry in
    let key = "\(group)/gradients/\(entry.name)"
    let values = gradient.torchValues(entry)
    let length = try file.doubleAttribute("norm", on: key)
    // A bias before BatchNorm has no gradient but rounding.
    guard length > 1e-9 else { return norm(values) > 1e-4 }
    let reference: [Float] = try file.read(key)
    let stride = Int(try file.intAttribute("stride", on: key))
    return relativeError(sampled(values, stride: stride), reference) >= 1e-3
      || abs(norm(values) - length) >= 1e-3 * length
  }.map(\.name)
}

/// Every `stride`-th value: what the fixtures keep of a long tensor.
public func sampled(_ values: [Float], stride step: Int) -> [Float] {
  stride(from: 0, to: values.count, by: step).map { values[$0] }
}

/// The l2 norm, in Float64.
public func norm(_ values: some Sequence<Float>) -> Double {
  values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
}

/// The file of a fixture beside the tests.
public func fixture(_ bundle: Bundle, _ name: String) throws -> HDF5File {
  try HDF5File.open(bundle.bundlePath + "/Fixtures/\(name)")
}
