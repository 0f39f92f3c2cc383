import Catalogues
import Encoders
import Layers
import Methods
import Tensors
import TestSupport
import Training

/// A transformer of one block, with BatchNorm in its head, so that a step takes a millisecond.
func tinyEncoder() throws -> any Encoder {
  try encoders.make([
    "name": "vit", "input": 16, "patch": 8, "width": 64, "depth": 1, "heads": 2, "mlp": 64,
    "hidden": 32, "hidden_norm": true, "projection": 32,
  ])
}

/// A tiny model and a step on it, on noise.
struct TinyTraining {
  let model: Model
  let step: TrainingStep
  let engine: Engine
  let parameters: ParameterVector

  init(
    method: Tree = "simclr", optimizer: Tree = "sgd", settings: TrainingStep.Settings = .init(),
    _ engine: Engine
  ) throws {
    model = try Model(tinyEncoder(), makeMethod(method))
    step = TrainingStep(
      model, modalities: ["image", "audio"], optimizer: try optimizers.make(optimizer),
      settings: settings, engine)
    parameters = ParameterVector(model.layout)
    self.engine = engine
    begin(client: 0)
  }

  /// As at the beginning of a client.
  func begin(client: Int) {
    step.reset(random: RandomStream(seed: 1, purpose: .methodMemory, client: client))
    model.initialise(parameters, seed: 7)
    step.target?.assign(beginningOf: parameters)
    let teachers = (0..<2).map { _ in parameters.copy() }
    step.teach(global: teachers[0], previous: teachers[1])
  }

  /// The losses of so many steps, on batches of both modalities in turn.
  func run(steps: Int, from first: Int = 0, batch: Int = 6, data: Int = 0) -> [Double] {
    (first..<first + steps).map { index in
      let modality = index % 2 == 0 ? "image" : "audio"
      let views = model.encoder.makeViews(
        of: modality, count: model.method.rowsPerSample * batch, engine)
      _ = views.buffer.floats.update(
        from: noise(UInt64(data + index) << 32, views.buffer.floats.count))
      return step.run(
        views, of: modality, parameters, rate: 0.03, of: first + steps,
        turns: (0..<batch).map { ($0 + index) % 4 })
    }
  }
}

/// The lanes whose kernels fuse multiply and add: they give the same bits.
func fusedLanes() throws -> [Int] {
  try Engine.availableLanes.filter { try Engine(lanes: $0).kernels.fused == 1 }
}
