import HDF5
import Layers
import Tensors
import TestSupport
import Training

/// The network of Tests/Fixtures/small_network.py.
enum SmallNetwork {
  static let layout = {
    var layout = ParameterLayout()
    _ = layout.add("conv1.weight", [6, 3, 3, 3], order: .convolution)
    _ = layout.add("bn1.weight", [6])
    _ = layout.add("bn1.bias", [6])
    _ = layout.add("bn1.running_mean", [6], trainable: false)
    _ = layout.add("bn1.running_var", [6], trainable: false)
    _ = layout.add("fc.weight", [4, 6], order: .linear)
    _ = layout.add("fc.bias", [4])
    return layout
  }()

  /// `noise_vector(number)`, with each entry's values times its factor, where it has one.
  static func noiseVector(_ number: Int, times factors: [String: Float] = [:]) -> ParameterVector {
    let vector = ParameterVector(layout)
    for (place, entry) in layout.entries.enumerated() {
      let factor = factors[entry.name] ?? 1
      vector.setTorchValues(
        noise(UInt64(number + place) << 32, entry.count).map { $0 * factor }, entry)
    }
    return vector
  }

  /// The trainable entries' values, in PyTorch's order.
  static func trainable(_ vector: ParameterVector) -> [Float] {
    layout.entries.filter(\.trainable).flatMap { vector.torchValues($0) }
  }

  /// How far the trainable entries are from a reference [steps, values] after each step, relatively
  /// and at worst.
  /// - Parameter gradient: of a step, from 0.
  static func worstError(
    _ optimizer: any Optimizer, from parameters: ParameterVector, rate: Double,
    _ reference: [Double], _ engine: Engine, gradient: (_ step: Int) -> ParameterVector
  ) -> Double {
    let state = (0..<optimizer.stateCount).map { _ in ParameterVector(layout) }
    let count = layout.trainableCount
    return (0..<reference.count / count).map { step in
      optimizer.step(
        parameters, gradient(step), state: state, number: step, rate: Float(rate), engine)
      let expected = reference[step * count..<(step + 1) * count].map(Float.init)
      return relativeError(trainable(parameters), expected)
    }.max() ?? .infinity
  }
}
