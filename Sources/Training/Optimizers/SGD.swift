import Catalogues
import Layers
import Tensors

/// PyTorch's SGD: v ← m v + (g + λ w), w ← w − η v, from v = 0; Nesterov's takes the step w ← w − η
/// (g + λ w + m v). The decay λ acts on every parameter, BatchNorm and biases included (the paper's
/// setting).
public struct SGD: PlugIn, Optimizer {
  public static let name = "sgd"
  public static let summary = "stochastic gradient descent with momentum and weight decay"

  public struct Options: Codable, Sendable {
    public var momentum = 0.9
    public var weightDecay = 1e-4
    public var nesterov = false

    public init(momentum: Double = 0.9, weightDecay: Double = 1e-4, nesterov: Bool = false) {
      self.momentum = momentum
      self.weightDecay = weightDecay
      self.nesterov = nesterov
    }

    private enum CodingKeys: String, CodingKey {
      case momentum, nesterov
      case weightDecay = "weight_decay"
    }
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "momentum": "how much of the last step goes on",
    "weight_decay": "what is added to the gradient, times the parameter",
    "nesterov": "whether a step looks ahead by its momentum",
  ]

  private let momentum: Float
  private let weightDecay: Float
  private let nesterov: Bool

  /// Throws `ConfigurationError` where a number cannot be.
  public init(_ options: Options) throws {
    try ConfigurationError.fraction("momentum", options.momentum)
    try ConfigurationError.notNegative("weight_decay", options.weightDecay)
    try ConfigurationError.require(
      !options.nesterov || options.momentum > 0, "nesterov", "needs a momentum above 0")
    nesterov = options.nesterov
    momentum = Float(options.momentum)
    weightDecay = Float(options.weightDecay)
  }

  public var stateCount: Int { 1 }

  public func step(
    _ parameters: ParameterVector, _ gradient: ParameterVector, state: [ParameterVector],
    number: Int, rate: Float, _ engine: Engine
  ) {
    let velocity = state[0]
    for range in trainableRanges(parameters.layout) {
      engine.parallel(range.count, unit: 1024) { part, own in
        let place = range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
        let step = nesterov ? own.kernels.nesterov_step : own.kernels.momentum_step
        step?(
          part.count, parameters[place].baseAddress, gradient[place].baseAddress,
          velocity[place].baseAddress, rate, momentum, weightDecay)
      }
    }
  }
}
