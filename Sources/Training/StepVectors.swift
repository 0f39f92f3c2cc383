import Methods
import Tensors

/// What one step leaves for the next beside the model, as vectors: an optimizer's, how many steps
/// it has done, and what a method's memory can keep (MoCo's queues). With `training.state: kept`
/// they go with a client from round to round, as if it never stopped.
public struct StepVectors {
  /// By name.
  public let all: [String: ParameterVector]
  let optimizer: [ParameterVector]

  private static let number = "steps"
  private static let memory = "method_memory"

  /// The layouts of all that there is.
  /// - Parameter modalities: those that batches may have.
  public static func layouts(
    _ model: Model, _ optimizer: any Optimizer, modalities: [String]
  ) -> [String: ParameterLayout] {
    var layouts = Dictionary(
      uniqueKeysWithValues: (0..<optimizer.stateCount).map { (name($0), model.layout) })
    layouts[number] = ParameterLayout(of: ["high", "low"])
    let kept = model.method.memoryLayout(
      projection: model.encoder.projectionCount, modalities: modalities)
    if kept.count > 0 { layouts[memory] = kept }
    return layouts
  }

  /// - Parameter isKept: whether they are to go from round to round; else the optimizer's alone are
  ///   there.
  init(_ model: Model, _ optimizer: any Optimizer, modalities: [String], isKept: Bool) {
    let own = (0..<optimizer.stateCount).map { _ in ParameterVector(model.layout) }
    self.optimizer = own
    var all = Dictionary(uniqueKeysWithValues: own.enumerated().map { (Self.name($0), $1) })
    if isKept {
      let layouts = Self.layouts(model, optimizer, modalities: modalities)
      for (name, layout) in layouts where all[name] == nil { all[name] = ParameterVector(layout) }
    }
    self.all = all
  }

  /// Forgets the client before.
  func zero() {
    for vector in optimizer { vector.zero() }
  }

  /// Takes up what a client kept; returns its optimizer's steps.
  func restore(_ kept: [String: ParameterVector], _ memory: (any MethodMemory)?) -> Int {
    for (name, vector) in all {
      if let own = kept[name] { vector.assign(own) }
    }
    if let vector = all[Self.memory] { memory?.restore(from: vector.floats) }
    guard let number = all[Self.number] else { return 0 }
    return Int(number.floats[0]) * Self.unit + Int(number.floats[1])
  }

  /// Makes them what a client is to keep.
  func save(steps: Int, _ memory: (any MethodMemory)?) {
    if let vector = all[Self.memory] { memory?.save(to: vector.floats) }
    guard let number = all[Self.number] else { return }
    number.floats[0] = Float(steps / Self.unit)
    number.floats[1] = Float(steps % Self.unit)
  }

  /// Whole numbers up to this are Float32s.
  private static let unit = 1 << 24

  private static func name(_ index: Int) -> String { "optimizer_\(index + 1)" }
}
