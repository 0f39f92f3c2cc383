import Layers
import Methods
import Tensors

/// One client's training in one round, as it is given to whoever carries it out.
public struct ClientTask {
  public let client: Int
  /// Counted from 1.
  public let round: Int
  /// The model to start from; not to be changed.
  public let global: ParameterVector
  /// What rank 0 has broadcast beside it, by name; not to be changed.
  public let received: [String: ParameterVector]
  public let rule: any LocalRule
  /// Reads what the client keeps from the last round in which it trained; nil where there was none.
  private let loadKept: () throws -> [String: ParameterVector]?

  public init(
    client: Int, round: Int, global: ParameterVector, received: [String: ParameterVector] = [:],
    rule: any LocalRule, loadKept: @escaping () throws -> [String: ParameterVector]? = { nil }
  ) {
    self.client = client
    self.round = round
    self.global = global
    self.received = received
    self.rule = rule
    self.loadKept = loadKept
  }

  /// Before the first step: `model` and `target` become the global model, or what the rule makes of
  /// it. A client that trains no step never comes here.
  /// - Parameter vectors: what the client's steps leave for others, by name (`StepVectors`).
  public func begin(
    model: ParameterVector, target: ParameterVector? = nil, memory: (any MethodMemory)? = nil,
    vectors: [String: ParameterVector] = [:]
  ) throws -> LocalState {
    model.assign(global)
    target?.assign(beginningOf: global)
    let state = LocalState(
      round: round, global: global, received: received, kept: try loadKept(), model: model,
      target: target, memory: memory, vectors: vectors)
    try rule.begin(state)
    return state
  }

  /// What is done to a gradient, on all of an engine's threads; nil where the rule leaves it as it
  /// is.
  public func correction(
    _ state: LocalState, _ engine: Engine
  ) -> ((_ gradient: ParameterVector) -> Void)? {
    guard rule.correctsGradients else { return nil }
    return { [rule] gradient in
      for range in trainableRanges(gradient.layout) {
        engine.parallel(range.count, unit: 1024) { part, _ in
          rule.correct(
            gradient, state,
            in: range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound)
        }
      }
    }
  }
}

/// One client's training in one round, as a local rule sees it.
public final class LocalState {
  /// Counted from 1.
  public let round: Int
  /// The model that the client started from; not to be changed.
  public let global: ParameterVector
  /// What rank 0 has broadcast beside it, by name; not to be changed.
  public let received: [String: ParameterVector]
  /// What the client kept when it last trained, by name; nil at its first time.
  public let kept: [String: ParameterVector]?
  /// The client's model, which is trained.
  public let model: ParameterVector
  /// The method's second network, where it has one: the model's first entries.
  public let target: ParameterVector?
  /// What the method has kept from step to step, where it keeps something.
  public let memory: (any MethodMemory)?
  /// What may be kept of the training beside what the rule asks for, by name: valid once it is
  /// done.
  public let vectors: [String: ParameterVector]
  /// Steps done.
  public private(set) var steps = 0
  /// The sum of their learning rates.
  public private(set) var rateSum = 0.0

  init(
    round: Int, global: ParameterVector, received: [String: ParameterVector],
    kept: [String: ParameterVector]?, model: ParameterVector, target: ParameterVector?,
    memory: (any MethodMemory)?, vectors: [String: ParameterVector]
  ) {
    self.round = round
    self.global = global
    self.received = received
    self.kept = kept
    self.model = model
    self.target = target
    self.memory = memory
    self.vectors = vectors.merging([PreviousModel.name: model]) { $1 }
  }

  /// Counts a step.
  public func didStep(rate: Double) {
    steps += 1
    rateSum += rate
  }
}
