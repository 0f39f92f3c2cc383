import Catalogues
import Layers
import Tensors

/// SGD whose rate is adapted to each parameter (You et al., arXiv 1708.03888):
/// u = a (g + λ w) with a = trust ‖w‖ / (‖g‖ + λ ‖w‖ + ε), v ← m v + u, w ← w − η v, from v = 0;
/// Nesterov's takes the step w ← w − η (u + m v).
///
/// Parameters of one dimension (biases, norms) have neither adaptation nor decay: u = g. So have,
/// as in lightly's LARS, those whose own norm or whose gradient's is 0. Where λ is 0, lightly
/// adapts nothing and is plain SGD; the formula above holds here.
public struct LARS: PlugIn, Optimizer {
  public static let name = "lars"
  public static let summary = "SGD with a rate for each layer, for large batches"

  public struct Options: Codable, Sendable {
    public var momentum = 0.9
    /// λ: SimCLR's 1e-6.
    public var weightDecay = 1e-6
    /// The length of a step, of the parameter's own norm, at rate 1.
    public var trust = 0.001
    /// ε, added to the divisor.
    public var epsilon = 1e-8
    /// Whether a step looks ahead by its momentum.
    public var nesterov = false

    private enum CodingKeys: String, CodingKey {
      case momentum, trust, epsilon, nesterov
      case weightDecay = "weight_decay"
    }
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "momentum": "how much of the last step goes on",
    "weight_decay": "what is added to the gradient, times the parameter",
    "trust": "length of a step of rate 1, of the parameter's own norm",
    "epsilon": "added to the norm that is divided by",
    "nesterov": "whether a step looks ahead by its momentum",
  ]
  private let options: Options

  /// Throws `ConfigurationError` where a number cannot be.
  public init(_ options: Options) throws {
    try ConfigurationError.fraction("momentum", options.momentum)
    try ConfigurationError.notNegative("weight_decay", options.weightDecay)
    try ConfigurationError.notNegative("epsilon", options.epsilon)
    try ConfigurationError.positive("trust", options.trust)
    try ConfigurationError.require(
      !options.nesterov || options.momentum > 0, "nesterov", "needs a momentum above 0")
    self.options = options
  }

  public var stateCount: Int { 1 }

  public func step(
    _ parameters: ParameterVector, _ gradient: ParameterVector, state: [ParameterVector],
    number: Int, rate: Float, _ engine: Engine
  ) {
    let entries = parameters.layout.entries.filter(\.trainable)
    let weights = squareSums(parameters, entries, engine)
    let gradients = squareSums(gradient, entries, engine)
    let momentum = Float(options.momentum)
    for (index, entry) in entries.enumerated() {
      let (adaptation, decay) = factors(
        entry, weight: weights[index].squareRoot(), gradient: gradients[index].squareRoot())
      engine.parallel(entry.count, unit: 1024) { part, _ in
        let place = entry.offset + part.lowerBound..<entry.offset + part.upperBound
        let (w, g, v) = (parameters[place], gradient[place], state[0][place])
        for i in 0..<w.count {
          let u = adaptation * (g[i] + decay * w[i])
          v[i] = momentum * v[i] + u
          w[i] -= rate * (options.nesterov ? u + momentum * v[i] : v[i])
        }
      }
    }
  }

  /// An entry's a and λ, from the norms of its values and of its gradient.
  private func factors(
    _ entry: ParameterLayout.Entry, weight: Double, gradient: Double
  ) -> (adaptation: Float, decay: Float) {
    guard entry.shape.count > 1, weight > 0, gradient > 0 else { return (1, 0) }
    let divisor = gradient + options.weightDecay * weight + options.epsilon
    return (Float(options.trust * weight / divisor), Float(options.weightDecay))
  }
}
