import Foundation
import Layers
import Machines
import Tensors
import Training

/// Training steps on noise, views apart: for their time and their memory.
public struct StepTimer {
  private let step: TrainingStep
  private let modality: String
  private let parameters: ParameterVector
  private let views: FeatureMap

  /// - Parameters:
  ///   - modalities: those that the step is made for.
  ///   - modality: whose views the noise stands for; the first where nil.
  ///   - batch: samples; each gives the method's views.
  public init(
    _ model: Model, modalities: [String], of modality: String? = nil, optimizer: any Optimizer,
    batch: Int, settings: TrainingStep.Settings = .init(), _ engine: Engine
  ) {
    let modality = modality ?? modalities[0]
    self.modality = modality
    step = TrainingStep(
      model, modalities: modalities, optimizer: optimizer, settings: settings, engine)
    parameters = ParameterVector(model.layout)
    let encoder = model.encoder
    views = encoder.makeViews(of: modality, count: model.method.rowsPerSample * batch, engine)
    var random = RandomStream(seed: 1, purpose: .synthesis)
    step.reset(random: random)
    model.initialise(parameters, seed: 1)
    step.target?.assign(beginningOf: parameters)
    step.teach(global: parameters, previous: parameters)
    for i in 0..<views.buffer.floats.count { views.pointer[i] = random.uniform() * 4 - 2 }
  }

  /// One step; its seconds.
  public func run() -> Double {
    let turns = [Int](repeating: 0, count: views.images / step.model.method.rowsPerSample)
    return seconds {
      _ = step.run(views, of: modality, parameters, rate: 0.03, of: 1, turns: turns)
    }
  }
}
