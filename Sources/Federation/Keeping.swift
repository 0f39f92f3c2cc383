import Tensors
import Training

/// A federated algorithm whose clients keep more than it asks for, of what their training has
/// (`LocalState.vectors`): for a method's loss, or for the steps of their next round.
public struct Keeping: Aggregator {
  private let algorithm: any Aggregator
  private let layouts: [String: ParameterLayout]

  /// - Parameter layouts: of what is kept besides, by name.
  public init(_ algorithm: any Aggregator, _ layouts: [String: ParameterLayout]) {
    self.algorithm = algorithm
    self.layouts = layouts
  }

  public func channels(_ model: ParameterLayout, target: ParameterLayout?) throws -> Channels {
    var channels = try algorithm.channels(model, target: target)
    channels.kept.merge(layouts) { own, _ in preconditionFailure("kept twice: \(own)") }
    return channels
  }

  public func check(modalities: [String]) throws { try algorithm.check(modalities: modalities) }
  public var mixing: (any Mixing)? { algorithm.mixing }
  public var serverTraining: ServerTraining? { algorithm.serverTraining }

  public func prepare(_ global: ParameterVector, _ server: any ServerTrainer) throws {
    try algorithm.prepare(global, server)
  }

  public func start(_ state: [String: ParameterVector]) { algorithm.start(state) }
  public func finish(_ round: ServerRound) throws { try algorithm.finish(round) }
  public func begin(_ state: LocalState) throws { try algorithm.begin(state) }
  public func trains(in round: Int) -> Bool { algorithm.trains(in: round) }
  public var correctsGradients: Bool { algorithm.correctsGradients }

  public func correct(_ gradient: ParameterVector, _ state: LocalState, in part: Range<Int>) {
    algorithm.correct(gradient, state, in: part)
  }

  public func end(_ state: LocalState, _ terms: ClientTerms) -> ClientOutcome {
    var outcome = algorithm.end(state, terms)
    for name in layouts.keys { outcome.kept[name] = state.vectors[name] }
    return outcome
  }

  public func weights(untrained global: ParameterVector, _ terms: ClientTerms) -> [Double] {
    algorithm.weights(untrained: global, terms)
  }
}
