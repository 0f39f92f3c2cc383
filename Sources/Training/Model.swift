import Encoders
import Methods
import Tensors

/// What is broadcast, averaged and saved: an encoder's parameters, then those that its method adds.
///
/// This is the one place where the two meet. Evaluation looks at the encoder's entries alone.
public struct Model: Sendable {
  public let encoder: any Encoder
  public let method: any Method
  /// The encoder's entries, at their own places, and after them the method's.
  public let layout: ParameterLayout
  /// The entries of the method's second network, the encoder's; nil where it has none.
  public var target: ParameterLayout? { method.target.map { _ in encoder.layout } }

  /// Throws `ConfigurationError` where the method and the encoder do not fit.
  public init(_ encoder: any Encoder, _ method: any Method) throws {
    self.encoder = encoder
    var method = method
    var layout = encoder.layout
    try method.extend(
      &layout, features: encoder.featureCount, projection: encoder.projectionCount)
    self.method = method
    self.layout = layout
  }

  /// Fresh values, from streams keyed by `seed`.
  public func initialise(_ parameters: ParameterVector, seed: UInt64) {
    encoder.initialise(parameters, seed: seed)
    method.initialise(parameters, seed: seed)
  }
}
