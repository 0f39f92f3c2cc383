import Catalogues
import Layers
import Tensors

/// PyTorch's SGD: v ← m v + (g + λ w), w ← w − η v, from v = 0. The decay λ acts on every
/// parameter, BatchNorm and biases included (the paper's setting).
public struct SGD: PlugIn, Optimizer {
  public static let name = "sgd"
  public static let summary = "stochastic gradient descent with momentum and weight decay"

  public struct Options: Codable, Sendable {
    public var momentum = 0.9
    public var weightDecay = 1e-4

    public init(momentum: Double = 0.9, weightDecay: Double = 1e-4) {
      self.momentum = momentum
      self.weightDecay = weightDecay
    }

    private enum CodingKeys: String, CodingKey {
      case momentum
      case weightDecay = "weight_decay"
    }
  }

  public static var defaults: Options { Options() }

  private let momentum: Float
  private let weightDecay: Float

  public init(_ options: Options) {
    momentum = Float(options.momentum)
    weightDecay = Float(options.weightDecay)
  }

  public var stateCount: Int { 1 }

  public func step(
    _ parameters: ParameterVector, _ gradient: ParameterVector, state: [ParameterVector],
    rate: Float, _ engine: Engine
  ) {
    let velocity = state[0]
    for range in trainableRanges(parameters.layout) {
      engine.parallel(range.count, unit: 1024) { part, own in
        let place = range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
        own.kernels.momentum_step(
          part.count, parameters[place].baseAddress, gradient[place].baseAddress,
          velocity[place].baseAddress, rate, momentum, weightDecay)
      }
    }
  }
}
