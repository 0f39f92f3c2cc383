import Encoders
import Foundation
import Layers
import Machines
import Methods
import Tensors
import Training

/// Measures training steps on noise, views apart.
public struct StepTimer {
  private let step: TrainingStep
  private let parameters: ParameterVector
  private let views: FeatureMap

  /// - Parameter batch: samples; each gives two views.
  public init(
    encoder: any Encoder, method: any Method, optimizer: any Optimizer, batch: Int,
    joined: Bool = false, recompute: Bool = false, _ engine: Engine
  ) {
    step = TrainingStep(
      encoder: encoder, method: method, optimizer: optimizer, joined: joined,
      recompute: recompute, engine)
    parameters = ParameterVector(encoder.layout)
    encoder.initialise(parameters, seed: 1)
    let side = encoder.inputSide
    views = FeatureMap(
      engine.pool, images: 2 * batch, channels: encoder.inputChannels, height: side, width: side,
      layout: .plain)
    var random = RandomStream(seed: 1, purpose: .synthesis)
    for i in 0..<views.buffer.floats.count { views.pointer[i] = random.uniform() * 4 - 2 }
  }

  /// Seconds of one step.
  public func run() -> Double { seconds { _ = step.run(views, parameters, rate: 0.03) } }
}
