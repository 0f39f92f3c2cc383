import Layers
import Tensors

/// A method with terms added to its loss.
struct SumOfLosses: Method {
  private var method: any Method
  private var terms: [any LossTerm]

  init(_ method: any Method, _ terms: [any LossTerm]) {
    self.method = method
    self.terms = terms
  }

  var views: Int { method.views }
  var target: TargetRule? { method.target }
  var turnedView: Int? { method.turnedView }
  var plainView: Int? { method.plainView }
  var algorithm: String? { method.algorithm }
  var randomViews: Int { terms.map(\.randomViews).max() ?? 0 }
  var teachers: Set<Teacher> {
    terms.reduce(into: method.teachers) { $0.formUnion($1.teachers) }
  }

  mutating func extend(
    _ layout: inout ParameterLayout, features: Int, projection: Int
  ) throws {
    try method.extend(&layout, features: features, projection: projection)
    for index in terms.indices {
      try terms[index].extend(&layout, features: features, projection: projection)
    }
  }

  func initialise(_ parameters: ParameterVector, seed: UInt64) {
    method.initialise(parameters, seed: seed)
    for term in terms { term.initialise(parameters, seed: seed) }
  }

  func makeMemory(
    projection: Int, modalities: [String], _ pool: BufferPool
  ) -> (any MethodMemory)? {
    let parts = ([method] + terms).map {
      $0.makeMemory(projection: projection, modalities: modalities, pool)
    }
    return parts.contains { $0 != nil } ? Memory(parts) : nil
  }

  func memoryLayout(projection: Int, modalities: [String]) -> ParameterLayout {
    method.memoryLayout(projection: projection, modalities: modalities)
  }

  /// The method's and each term's, in order.
  private final class Memory: MethodMemory {
    let each: [(any MethodMemory)?]

    init(_ each: [(any MethodMemory)?]) { self.each = each }

    var parts: [any MethodMemory] { each.compactMap { $0 } }

    func reset(_ random: inout RandomStream) {
      for part in parts { part.reset(&random) }
    }

    func save(to values: UnsafeMutableBufferPointer<Float>) { each[0]?.save(to: values) }
    func restore(from values: UnsafeMutableBufferPointer<Float>) { each[0]?.restore(from: values) }
  }

  func loss(_ batch: MethodBatch, _ engine: Engine) -> MethodLoss {
    let memories = (batch.memory as? Memory)?.each ?? []
    var loss = 0.0
    let projection = Matrix.zeros(
      engine.pool, rows: batch.projection.rows, columns: batch.projection.columns)
    var features: Matrix?
    for (index, part) in ([method] + terms).enumerated() {
      let own = batch.part(
        randomViews: part.randomViews, memory: memories.isEmpty ? nil : memories[index])
      let result = part.loss(own, engine)
      loss += result.loss
      add(result.projection, to: projection, engine)
      guard let gradient = result.features else { continue }
      let sum =
        features
        ?? Matrix.zeros(engine.pool, rows: batch.features.rows, columns: batch.features.columns)
      add(gradient, to: sum, engine)
      features = sum
    }
    return MethodLoss(loss, projection: projection, features: features)
  }

  /// Adds the gradient of a batch's first rows.
  private func add(_ gradient: Matrix, to sum: Matrix, _ engine: Engine) {
    engine.kernels.add(gradient.floats.count, gradient.pointer, sum.pointer)
  }
}
