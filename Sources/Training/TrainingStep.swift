import Encoders
import Layers
import Methods
import Tensors

/// One self-supervised step: views, projections, loss, gradient, optimizer.
///
/// The two views go through the network one after the other in their batch statistics, though one
/// batch holds both: the weights are then transformed once.
public final class TrainingStep {
  private let encoder: any Encoder
  private let method: any Method
  private let optimizer: any Optimizer
  private let engine: Engine
  private let gradient: ParameterVector
  private let state: [ParameterVector]
  /// Whether both views share their batch statistics.
  private let joined: Bool
  /// Whether the forward pass saves less, and the backward pass makes it again.
  private let recompute: Bool

  public init(
    encoder: any Encoder, method: any Method, optimizer: any Optimizer, joined: Bool = false,
    recompute: Bool = false, _ engine: Engine
  ) {
    self.encoder = encoder
    self.method = method
    self.optimizer = optimizer
    self.joined = joined
    self.recompute = recompute
    self.engine = engine
    gradient = ParameterVector(encoder.layout)
    state = (0..<optimizer.stateCount).map { _ in ParameterVector(encoder.layout) }
  }

  /// Forgets what the optimizer kept: at the start of a client's training.
  public func reset() { for vector in state { vector.zero() } }

  /// Moves `parameters` by one step and returns the loss of before. `views` (plain) holds the first
  /// views of all samples, then the second views.
  public func run(_ views: FeatureMap, _ parameters: ParameterVector, rate: Double) -> Double {
    let (projection, saved) = encoder.forward(
      views, groups: joined ? 1 : 2, recompute: recompute, parameters, engine)
    let (loss, projectionGradient) = method.loss(projection, engine)
    engine.parallel(gradient.count, unit: 1024) { part, _ in
      gradient[part].update(repeating: 0)
    }
    encoder.backward(projectionGradient, saved, parameters, into: gradient, engine)
    optimizer.step(parameters, gradient, state: state, rate: Float(rate), engine)
    return loss
  }
}
