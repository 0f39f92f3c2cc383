import Catalogues
import Layers
import Methods
import Tensors
import TestSupport

/// A method with everything that its loss needs, filled with noise: the model is the method's part
/// alone, and rows of noise stand for what an encoder makes.
final class MethodTrial {
  let method: any Method
  let engine: Engine
  let samples: Int
  let parameters: ParameterVector
  let gradient: ParameterVector
  let features: Matrix
  let projection: Matrix
  /// Another network's, or where the method has no rule for one, a copy of `projection`: what it
  /// compares without a gradient stays as it is.
  let target: Matrix
  let teachers: [Teacher: Matrix]
  let memory: (any MethodMemory)?

  /// Fills rows with the fixtures' `noise`, a seed for each view.
  init(
    _ settings: Tree, samples: Int, columns: Int, targetSeed: Int = 4002,
    modalities: [String] = ["image"], _ engine: Engine
  ) throws {
    var method = try makeMethod(settings)
    var layout = ParameterLayout()
    try method.extend(&layout, features: columns, projection: columns)
    let views = method.rowsPerSample
    func rows(_ seed: Int) -> Matrix {
      let matrix = Matrix(engine.pool, rows: views * samples, columns: columns)
      for view in 0..<views {
        _ = matrix[view * samples..<(view + 1) * samples].floats.update(
          from: noise(UInt64(seed + view) << 32, samples * columns))
      }
      return matrix
    }
    features = rows(4050)
    projection = rows(4000)
    target = rows(method.target == nil ? 4000 : targetSeed)
    teachers = [.global: rows(4100), .previous: rows(4150)]
    parameters = ParameterVector(layout)
    gradient = ParameterVector(layout)
    memory = method.makeMemory(projection: columns, modalities: modalities, engine.pool)
    self.method = method
    self.samples = samples
    self.engine = engine
    setReferenceParameters(parameters)
    resetMemory()
  }

  /// As at the beginning of a client.
  func resetMemory(client: Int = 0) {
    var random = RandomStream(seed: 1, purpose: .methodMemory, client: client)
    memory?.reset(&random)
  }

  /// The loss; the gradient of the method's own parameters is left in `gradient`.
  func loss(of modality: String = "image") -> MethodLoss {
    loss(of: modality, target: target, teachers: teachers)
  }

  /// The same with another target, or none.
  func loss(of modality: String = "image", target: Matrix?) -> MethodLoss {
    loss(of: modality, target: target, teachers: teachers)
  }

  /// The same with other teachers.
  func loss(teachers: [Teacher: Matrix]) -> MethodLoss {
    loss(of: "image", target: target, teachers: teachers)
  }

  /// The same where the samples' classes are known, and there are no teachers.
  func loss(labels: [Int]) -> MethodLoss {
    loss(of: "image", target: target, teachers: [:], labels: labels)
  }

  private func loss(
    of modality: String, target: Matrix?, teachers: [Teacher: Matrix], labels: [Int] = []
  ) -> MethodLoss {
    gradient.zero()
    return method.loss(
      MethodBatch(
        modality: modality, views: method.views, randomViews: method.randomViews,
        features: features, projection: projection, target: target, teachers: teachers,
        turns: (0..<samples).map { $0 % 4 }, labels: labels, parameters: parameters,
        gradient: gradient,
        memory: memory), engine)
  }
}
