import Catalogues
import Foundation
import Layers
import Tensors

/// Adam with decay apart from the gradient (Loshchilov and Hutter, arXiv 1711.05101; PyTorch's
/// AdamW): w ← (1 − η λ) w, m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², and with the bias of the
/// first t steps taken out, w ← w − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
public struct AdamW: PlugIn, Optimizer {
  public static let name = "adamw"
  public static let summary = "Adam with decoupled weight decay"

  public struct Options: Codable, Sendable {
    /// β₁, of the mean of gradients.
    public var beta1 = 0.9
    /// β₂, of the mean of squared gradients.
    public var beta2 = 0.999
    /// ε, added to the root.
    public var epsilon = 1e-8
    /// λ: a step shrinks what it acts on by the rate times this.
    public var weightDecay = 0.01
    /// What the decay acts on.
    public var decay = Decay.all

    private enum CodingKeys: String, CodingKey {
      case beta1, beta2, epsilon, decay
      case weightDecay = "weight_decay"
    }
  }

  public enum Decay: String, WordOption {
    /// Every parameter, as PyTorch's one group has it.
    case all
    /// Parameters of two and more dimensions: neither biases nor norms.
    case matrices
  }

  public static var defaults: Options { Options() }
  public static let meanings = [
    "beta1": "how much of the mean of gradients stays in a step",
    "beta2": "how much of the mean of squared gradients stays",
    "epsilon": "added to the root of that mean",
    "weight_decay": "a step shrinks parameters by the rate times this",
    "decay": "what shrinks: all, or matrices (neither biases nor norms)",
  ]
  private let options: Options

  /// Throws `ConfigurationError` where a number cannot be.
  public init(_ options: Options) throws {
    try ConfigurationError.fraction("beta1", options.beta1)
    try ConfigurationError.fraction("beta2", options.beta2)
    try ConfigurationError.positive("epsilon", options.epsilon)
    try ConfigurationError.notNegative("weight_decay", options.weightDecay)
    self.options = options
  }

  /// m and v.
  public var stateCount: Int { 2 }

  public func step(
    _ parameters: ParameterVector, _ gradient: ParameterVector, state: [ParameterVector],
    number: Int, rate: Float, _ engine: Engine
  ) {
    let rate = Double(rate)
    let (beta1, beta2) = (Float(options.beta1), Float(options.beta2))
    let (rest1, rest2) = (Float(1 - options.beta1), Float(1 - options.beta2))
    let steps = Double(number + 1)
    let move = Float(rate / (1 - pow(options.beta1, steps)))
    let shrink = Float(1 / (1 - pow(options.beta2, steps)).squareRoot())
    let epsilon = Float(options.epsilon)
    for entry in parameters.layout.entries where entry.trainable {
      let isDecayed = options.decay == .all || entry.shape.count > 1
      let keep = isDecayed ? Float(1 - rate * options.weightDecay) : 1
      engine.parallel(entry.count, unit: 1024) { part, _ in
        let place = entry.offset + part.lowerBound..<entry.offset + part.upperBound
        let (w, g) = (parameters[place], gradient[place])
        let (m, v) = (state[0][place], state[1][place])
        for i in 0..<w.count {
          m[i] = beta1 * m[i] + rest1 * g[i]
          v[i] = beta2 * v[i] + rest2 * (g[i] * g[i])
          w[i] = keep * w[i] - move * m[i] / (v[i].squareRoot() * shrink + epsilon)
        }
      }
    }
  }
}
