import Layers
import Tensors

/// PyTorch's SGD: v ← m v + (g + λ w), w ← w − η v, from v = 0. The decay λ acts on every
/// parameter, BatchNorm and biases included (the paper's setting).
public struct SGD: Optimizer {
  public static let name = "sgd"

  private let momentum: Float
  private let weightDecay: Float

  public init(momentum: Double, weightDecay: Double) {
    self.momentum = Float(momentum)
    self.weightDecay = Float(weightDecay)
  }

  public var stateCount: Int { 1 }

  public func step(
    _ parameters: ParameterVector, _ gradient: ParameterVector, state: [ParameterVector],
    rate: Float, _ engine: Engine
  ) {
    let velocity = state[0]
    for range in trainableRanges(parameters.layout) {
      engine.kernels.momentum_step(
        range.count, parameters[range].baseAddress, gradient[range].baseAddress,
        velocity[range].baseAddress, rate, momentum, weightDecay)
    }
  }
}
